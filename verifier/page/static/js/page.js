// What the page does with the code of a certificate, which first.js has checked. Texts come from the page itself, in its
// language.

import { dayFormat } from "./day.js";
import { offerPack } from "./pack.js";
import { showTender } from "./tender.js";

const { attestoCode: code, attestoCheck: checked } = globalThis;
delete globalThis.attestoCode;
delete globalThis.attestoCheck;
const root = document.documentElement;

const word = (name) => document.querySelector("#words").content.querySelector(`[data-word="${name}"]`).textContent;

const UNTOLD = { state: "could_not_be_checked", reason: "unfetched", checks: {}, claims: null };

async function showCode() {
  const found = (await checked) ?? UNTOLD;
  // What is amber for the number is no better for its genuine document.
  if (found.state === "genuine" && !document.querySelector("#verdict .result.good")) found.state = null;
  showResult(found.state, found.reason);
  showChecks(found.checks, found.reason);
  if (REFUSED.has(found.state)) hideOtherChecks(found.checks);
  if (found.claims) showHolder(found.claims, found.checks.registered === "passed");
  root.classList.remove("checking");
  root.dataset.checked = found.state ?? "as-it-was";
}

const REFUSED = new Set(["forged", "unknown_body"]);
const DOUBTED = new Set(["altered", "could_not_be_checked", "code_not_checked", "withheld"]);

function showResult(state, reason) {
  if (state) {
    const panel = document.querySelector(`template[data-result="${state}"]`).content.cloneNode(true);
    document.querySelector("#verdict").replaceChildren(panel);
    document.title = `${document.querySelector("#verdict h1").textContent} · Attesto`;
    // What the registry says of the number would read like a word for this document.
    document.querySelector("#record").hidden = REFUSED.has(state) || DOUBTED.has(state);
  }
  if (!reason) return;
  const place = state ? document.querySelector("#verdict .why") : document.querySelector("#browser-note");
  place.textContent = word(`reason-${reason}`);
  place.hidden = false;
}

function showChecks(checks, reason) {
  for (const [name, outcome] of Object.entries(checks)) {
    const line = document.querySelector(`[data-check="${name}"]`);
    line.className = `check ${outcome}`;
    line.querySelector(".icon").replaceWith(document.querySelector(`template[data-icon="${outcome}"]`).content.cloneNode(true));
    line.querySelector(".outcome").textContent = word(`outcome-${outcome}`);
    // It was presented: the reason says more than that nobody scanned it.
    const unmade = name === "token" && outcome === "not_checked" && reason;
    line.querySelector(".text").textContent = word(unmade ? `reason-${reason}` : `${name}-${outcome}`);
  }
  document.querySelector("#browser-checks").hidden = !Object.keys(checks).length;
}

// What was checked of the number says nothing about a document that was refused.
function hideOtherChecks(checks) {
  for (const line of document.querySelectorAll(".check")) line.hidden = checks[line.dataset.check] !== "failed";
  document.querySelector("#browser-checks").hidden = true;
}

function showHolder(claims, registered) {
  const holder = document.querySelector("#holder");
  const day = dayFormat({ dateStyle: "long", timeZone: "Europe/Rome" });
  const shown = {
    name: claims.name,
    birth_year: claims.birthYear,
    revision: claims.revision,
    issued_on: day(claims.issuedAt),
    valid_until: day(new Date(`${claims.validUntil}T12:00:00Z`)),
  };
  for (const [name, value] of Object.entries(shown)) holder.querySelector(`[data-claim="${name}"]`).textContent = value;
  holder.querySelector('[data-claim-row="birth_year"]').hidden = claims.birthYear === null;
  holder.querySelector("[data-registered]").hidden = !registered;
  holder.hidden = false;
  document.querySelectorAll("[data-number-only]").forEach((part) => (part.hidden = true));
}

// Another language or another day keep the code, which is nowhere but here.
function keepCode() {
  for (const link of document.querySelectorAll(".languages a, [data-keep-code]")) {
    link.addEventListener("click", () => {
      link.hash = code;
    });
  }
  for (const form of document.querySelectorAll("[data-day-form]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value && value !== "day"));
      location.assign(`${form.action.split("?")[0]}?${query}#${code}`);
    });
  }
}

// Only a number is sent. Of a pasted link, or a code alone, the number is asked for and the code is checked here.
function sendNumbersAlone() {
  const form = document.querySelector("[data-number-form]");
  if (!form) return;
  const field = form.elements.number;
  const longest = field.maxLength;
  // Without this script the field takes nothing else than a number.
  for (const bound of ["maxlength", "pattern"]) field.removeAttribute(bound);
  form.addEventListener("submit", async (event) => {
    const typed = field.value.replace(/\s/g, "");
    if (typed.length <= longest && !typed.includes("#")) return;
    event.preventDefault();
    const { takeApart } = await import("./link.js");
    const found = takeApart(typed);
    if (!found) return refuse(form, field);
    const rest = [...new FormData(form)].filter(([name, value]) => name !== "number" && value && value !== "day");
    const query = rest.length ? `?${new URLSearchParams(rest)}` : "";
    location.assign(`${form.action.replace(/\/[^/]*$/, "/")}V/${found.number}${query}#${found.code}`);
  });
}

function refuse(form, field) {
  form.querySelector("#number-refused").hidden = false;
  field.setAttribute("aria-invalid", "true");
  field.focus();
}

sendNumbersAlone();
for (const part of document.querySelectorAll("[data-tender]")) showTender(part);
for (const form of document.querySelectorAll("[data-pack-form]")) offerPack(form, code);
if (checked) {
  keepCode();
  showCode();
} else {
  root.classList.remove("checking");
}
// Another code pasted behind the same address loads nothing by itself.
addEventListener("hashchange", () => {
  if (!/^#?[a-z-]{0,20}$/.test(location.hash)) location.reload();
});
// A device that keeps the page for when there is no network learns on every visit; what it weighs is loaded nowhere else.
if (navigator.serviceWorker?.controller) import("./knowledge.js").then(({ learn, warn }) => learn().then(warn));
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((part) => (part.open = true)));
