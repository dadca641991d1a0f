// What this device can say of a certificate by itself, and what it knows. Texts come from the page, in its language.

import { dayFormat, locale } from "./day.js";
import { install } from "./install.js";
import { forget, known, learn, warn } from "./knowledge.js";
import { takeApart } from "./link.js";
import { judgeOffline, openKept } from "./offline_judge.js";

const root = document.documentElement;
const part = (name) => document.querySelector(`[data-part="${name}"]`);
const word = (name) => document.querySelector("#words").content.querySelector(`[data-word="${name}"]`).textContent;
const shape = (name, value) => document.querySelector(`template[data-${name}="${value}"]`).content.cloneNode(true);

// The code of this address, before page.js throws it away, and the number beside it; or what was pasted since.
let code = globalThis.attestoCode ?? "";
let asked = /^\/V\/([0-9A-Z-]+)$/i.exec(location.pathname)?.[1] ?? new URLSearchParams(location.search).get("number");
// Not the page that was asked for, but what the device shows in its place.
let instead = location.pathname !== "/offline";
const unasked = { title: document.title, heading: document.querySelector("#offline-answer").firstElementChild };

const formats = {
  day: dayFormat({ dateStyle: "long", timeZone: "UTC" }),
  at: dayFormat({ dateStyle: "long", timeStyle: "short", timeZone: "Europe/Rome" }),
};
const day = (text) => formats.day(new Date(`${text}T12:00:00Z`));

/** How long ago an instant is, in words: "3 hours ago". */
function age(at) {
  const seconds = Math.round((Date.now() - at) / 1000);
  const [size, unit] = [[86400, "day"], [3600, "hour"], [60, "minute"]].find(([size]) => Math.abs(seconds) >= size) ?? [1, "second"];
  return new Intl.RelativeTimeFormat(locale).format(-Math.trunc(seconds / size), unit);
}

async function answer() {
  const kept = await known();
  const found = code
    ? await judgeOffline(code, asked && normalised(asked), kept, new Date())
    : { state: asked ? "number_only" : "no_page" };
  showResult(found);
  showChecks(found.checks ?? null);
  showHolder(found.claims ?? null, kept?.names ?? null);
}

/** No answer stands above a link that was refused: it would be read as that link's. */
function clear() {
  code = "";
  asked = null;
  document.querySelector("#offline-answer").replaceChildren(unasked.heading);
  document.title = unasked.title;
  document.querySelector("#again").hidden = true;
  showChecks(null);
  showHolder(null, null);
  delete root.dataset.offline;
}

/** A number as tokens spell it. */
const normalised = (text) => text.toUpperCase().replace(/[^0-9A-Z]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");

function showResult({ state, reason = null, claims = null, opened = null, listed = null }) {
  const panel = shape("result", state);
  const filled = {
    day: opened && day(opened.snapshot.list.day),
    at: opened && formats.at(opened.at),
    age: opened && age(opened.at),
    listed: listed !== null && word(`listed-${listed}`),
    valid_until: claims && day(claims.validUntil),
  };
  for (const text of panel.querySelectorAll("h1, .lead")) {
    text.textContent = text.textContent.replace(/%\((\w+)\)s/g, (_, name) => filled[name] || "–");
  }
  const why = panel.querySelector(".why");
  why.textContent = reason ? word(`reason-${reason}`) : "";
  why.hidden = !reason;
  const place = document.querySelector("#offline-answer");
  place.replaceChildren(panel);
  document.title = `${place.querySelector("h1").textContent} · Attesto`;
  document.querySelector("#again").hidden = false;
  root.dataset.offline = state;
}

function showChecks(checks) {
  document.querySelector("#offline-checks").hidden = checks === null;
  for (const [name, outcome] of Object.entries(checks ?? {})) {
    const line = document.querySelector(`[data-check="${name}"]`);
    line.className = `check ${outcome}`;
    line.querySelector(".icon").replaceWith(shape("icon", outcome));
    line.querySelector(".outcome").textContent = word(`outcome-${outcome}`);
    line.querySelector(".text").textContent = word(`${name}-${outcome}`);
  }
}

function showHolder(claims, names) {
  const holder = document.querySelector("#offline-holder");
  holder.hidden = claims === null;
  if (claims === null) return;
  const edition = own(names?.editions, claims.edition);
  const shown = {
    ...claims,
    number: claims.number.replace(/^(.{4})(.{4})/, "$1-$2-"),
    body: own(names?.bodies, claims.body) ?? claims.body,
    profile: claims.profile,
    edition: claims.edition,
    validUntil: day(claims.validUntil),
  };
  for (const line of holder.querySelectorAll("[data-claim]")) line.textContent = shown[line.dataset.claim];
  showTitle(holder.querySelector('[data-claim="profile"]'), own(edition?.profiles, claims.profile));
  showTitle(holder.querySelector('[data-claim="edition"]'), edition?.title);
  holder.querySelector('[data-claim-row="birthYear"]').hidden = claims.birthYear === null;
}

function showTitle(line, texts) {
  line.removeAttribute("lang");
  const language = texts && languageOf(texts);
  if (!language) return;
  line.textContent = texts[language];
  line.lang = language;
}

const own = (object, name) => (object && Object.hasOwn(object, name) ? object[name] : undefined);
/** In which language a title is shown: the reader's, else English, else whichever there is. */
const languageOf = (texts) => [root.lang, "en", ...Object.keys(texts)].find((language) => Object.hasOwn(texts, language));

async function showKnown() {
  const kept = await known();
  const opened = kept && (await openKept(kept).catch(() => null));
  part("nothing").hidden = Boolean(opened);
  part("facts").hidden = !opened;
  part("old").hidden = !opened || Date.now() - opened.at <= kept.trust.policy.snapshot_max_age * 1000;
  await warn();
  root.dataset.knows = opened ? opened.at.toISOString() : "nothing";
  if (!opened) return;
  const facts = {
    at: formats.at(opened.at),
    age: age(opened.at),
    day: day(opened.snapshot.list.day),
    size: opened.head.size,
    origin: kept.trust.origin,
    key: kept.trust.log_key,
  };
  for (const line of document.querySelectorAll("[data-known]")) line.textContent = facts[line.dataset.known];
}

async function renew() {
  say("learning");
  const state = await learn();
  say(state);
  await showKnown();
  return state;
}

function say(state) {
  part("state").textContent = state === "refused" ? "" : word(`state-${state}`);
  part("state").dataset.state = state;
}

/** To the normal page; the code goes along in the fragment, which no browser sends. */
function askAgain() {
  const number = asked ?? takeApart(code)?.number;
  if (!instead && number) location.assign(`/V/${number}${location.search}${code && `#${code}`}`);
  // The address is the same but for the fragment, and page.js loads it anew.
  else if (code) location.assign(`#${code}`);
  else location.reload();
}

async function paste(event) {
  event.preventDefault();
  const found = takeApart(document.querySelector("#link").value.replace(/\s/g, ""));
  document.querySelector("#link-refused").hidden = found !== null;
  if (found === null) {
    clear();
    document.querySelector("#link").focus();
    return;
  }
  ({ code, number: asked } = found);
  instead = false;
  await answer();
  document.querySelector("#offline-answer").focus();
}

// Another language keeps what was asked, which is nowhere but here.
function keepAsked(link) {
  const address = new URL(instead ? location.href : link.href);
  address.searchParams.set("lang", link.lang);
  address.hash = code;
  link.href = address.href;
}

// A network that is just back breaks the first requests off.
async function askByItself() {
  say("online");
  for (let tries = 0; tries < 5; tries += 1) {
    if ((await renew()) !== "unreachable") {
      if (root.dataset.offline) askAgain();
      return;
    }
    await new Promise((resume) => setTimeout(resume, 1000));
  }
}

async function begin() {
  part("learn").addEventListener("click", renew);
  part("forget").addEventListener("click", async () => {
    await forget();
    say("forgotten");
    await showKnown();
  });
  part("paste").addEventListener("submit", paste);
  part("again").addEventListener("click", askAgain);
  for (const link of document.querySelectorAll(".languages a")) link.addEventListener("click", () => keepAsked(link));
  addEventListener("online", askByItself);
  if (code || instead) await answer();
  await showKnown();
  if (instead) return;
  if (await install()) await renew();
  else say("unkept");
}

begin();
