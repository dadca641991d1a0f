// A batch in this tab: what is handed in goes to the server bit by bit, and the table of answers is nowhere but here.

import { download, plain, toCsv, toJson } from "./batch_export.js";
import { Queue, makeJobs, weight } from "./batch_queue.js";
import { openStore } from "./batch_store.js";
import { Table, drawBidders } from "./batch_table.js";
import { locale } from "./day.js";
import { makePack } from "./pack_make.js";
import { flag, tally } from "./tally.js";
import { showTender, tenderNotes } from "./tender.js";

const form = document.querySelector("[data-batch]");
const limits = Object.fromEntries(["items", "octets", "once"].map((name) => [name, Number(form.dataset[name])]));
const part = (name) => document.querySelector(`[data-part="${name}"]`);
const texts = document.querySelector("#words").content;
const number = new Intl.NumberFormat(locale);

function words(name, values = {}) {
  const text = texts.querySelector(`[data-word="${name}"]`).textContent;
  const said = (value) => (typeof value === "number" ? number.format(value) : value);
  return text.replaceAll(/%\((\w+)\)s/g, (_, name) => said(values[name]));
}

const opened = openStore();
let store;
let table;
let batch = null;
let queue = null;

async function begin(event) {
  event.preventDefault();
  const fields = new FormData(form);
  const bidder = fields.get("bidder").trim();
  const lines = fields.get("numbers").split("\n").map((text, place) => ({ source: "", line: place + 1, text, bidder: "" }));
  const files = [...form.elements.files.files];
  const jobs = makeJobs(lines.filter((line) => line.text.trim()), files, limits.once);
  const why = refusal(jobs, files);
  part("refused").textContent = why;
  part("refused").hidden = !why;
  if (why) return form.elements.numbers.focus();
  const asked = Object.fromEntries(["kind", "on", "at", "to"].map((name) => [name, fields.get(name) ?? ""]));
  batch = { key: newKey(), asked: { ...asked, bidder }, paused: false, jobs };
  store = await opened;
  await store.save(batch, jobs);
  work();
}

function refusal(jobs, files) {
  if (!jobs.length) return words("nothing");
  if (jobs.reduce((sum, job) => sum + weight(job), 0) > limits.items) return words("too-many");
  const large = files.find((file) => file.size > limits.octets - 65_536);
  return large ? words("too-large", { name: large.name }) : "";
}

function newKey() {
  const key = String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32)));
  return btoa(key).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

async function send(job, signal) {
  const asked = { ...batch.asked, key: batch.key };
  const body = job.files ? new FormData() : JSON.stringify({ items: job.lines, asked });
  if (job.files) {
    for (const [name, value] of Object.entries(asked)) body.append(name, value);
    for (const file of job.files) body.append("files", file);
  }
  const headers = { Accept: "application/json", ...(job.files ? {} : { "Content-Type": "application/json" }) };
  const answer = await fetch(form.dataset.rows, { method: "POST", body, headers, signal, credentials: "omit" });
  if (answer.ok) return answer.json();
  const again = Number(answer.headers.get("Retry-After"));
  const { detail } = await answer.json().catch(() => ({}));
  // What was refused for what it is will be refused again.
  throw Object.assign(new Error(detail ?? ""), { again, final: [400, 413, 422].includes(answer.status) });
}

async function work() {
  queue = new Queue(batch.jobs, { send, changed, atOnce: limits.once });
  form.hidden = true;
  part("running").hidden = part("results").hidden = false;
  if (!batch.paused) await go();
  draw();
}

async function go() {
  batch.paused = false;
  part("said").textContent = "";
  started = { at: performance.now(), done: total().done };
  draw();
  await store.save(batch, []);
  await queue.run();
  draw();
  part("said").textContent = queue.waiting ? words("paused") : words("finished", { all: total().all });
}

async function pause() {
  batch.paused = true;
  queue.pause();
  await store.save(batch, []);
  draw();
}

async function changed(jobs) {
  draw();
  await store.save(batch, jobs);
}

let started = { at: 0, done: 0 };

function total() {
  const all = batch.jobs.reduce((sum, job) => sum + weight(job), 0);
  const waiting = batch.jobs.reduce((sum, job) => sum + (job.state === "waiting" ? weight(job) : 0), 0);
  return { all, done: all - waiting };
}

function rows() {
  let at = 0;
  const found = batch.jobs.flatMap((job) => (job.state === "failed" ? failedRows(job) : job.rows));
  return flag(found).map((row) => ({ ...row, at: (at += 1) }));
}

// A line for everything that could not be asked for: none is lost, and none looks like an answer.
function failedRows(job) {
  const things = job.lines ?? job.files.map((file) => ({ source: file.name, line: null, bidder: "", text: "" }));
  return things.map((one) => ({
    source: one.source || one.text.split("#")[0].slice(0, 24), page: null, line: one.line, bidder: one.bidder || batch.asked.bidder, number: "",
    key: "could_not_be_checked", tone: "unknown", title: words("failed-title"), text: job.why || words("failed-text"),
    requirement: "", edition: "", profile: "", profile_title: "", body: "", body_name: "", granted_on: "", valid_until: "",
    holder: "", person: "", token: "", differing: [], reasons: ["unchecked"],
  })); // prettier-ignore
}

function draw() {
  const { all, done } = total();
  const progress = part("progress");
  Object.assign(progress, { max: all, value: done });
  part("count").textContent = [words("count", { done, all }), timeLeft(all, done)].filter(Boolean).join(" · ");
  part("pause").hidden = batch.paused || !queue.waiting;
  part("go-on").hidden = !batch.paused || !queue.waiting;
  const failed = batch.jobs.some((job) => job.state === "failed");
  part("again").hidden = !failed || queue.waiting;
  const shown = rows();
  table.show(shown);
  const titled = new Map(shown.map((row) => [row.profile, row]));
  drawBidders(part("bidders"), tally(shown), titled, words);
  const attention = shown.filter((row) => row.reasons.length).length;
  part("attention").textContent = words("attention", { attention, all: shown.length });
}

function timeLeft(all, done) {
  const since = done - started.done;
  if (batch.paused || since < 1 || done === all) return "";
  const seconds = Math.ceil((((performance.now() - started.at) / since) * (all - done)) / 1000);
  const [value, unit] = seconds < 90 ? [seconds, "second"] : [Math.ceil(seconds / 60), "minute"];
  const time = new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(value);
  return words("left", { time });
}

async function beginAnew() {
  queue?.pause();
  await store.forget();
  batch = queue = null;
  form.reset();
  form.hidden = false;
  part("running").hidden = part("results").hidden = true;
  part("said").textContent = "";
  form.elements.numbers.focus();
}

async function retry() {
  const changed = queue.retryFailed();
  await store.save(batch, changed);
  await go();
}

const day = () => new Date().toISOString().slice(0, 10);

function saveCsv() {
  download(`attesto-${day()}.csv`, toCsv(rows(), words), "text/csv;charset=utf-8");
}

function saveJson() {
  const { bidder, ...asked } = batch.asked;
  download(`attesto-${day()}.json`, toJson(rows(), asked, new Date().toISOString()), "application/json");
}

async function saveSheet() {
  await fetched(form.dataset.sheet, JSON.stringify({ rows: plain(rows(), words) }), "application/json", `attesto-${day()}.xlsx`);
}

// What the page answered is asked for anew there; of a document that was altered, or not compared, it is said what of it.
async function savePack() {
  part("export-refused").hidden = true;
  const { bidder: _bidder, ...asked } = { ...batch.asked, until: batch.asked.to };
  delete asked.to;
  const shown = rows();
  const items = shown
    .filter((row) => row.number)
    .map(({ number, token, bidder, differing, reasons, uncompared }) => {
      const seal = reasons.includes("seal") ? ["seal"] : [];
      const page = reasons.includes("drawn") || reasons.includes("foreign") ? ["page"] : [];
      return { ...asked, number, token, bidder, differing: [...differing, ...seal, ...page], uncompared };
    });
  const { bidder, ...tender } = tenderNotes();
  if (!items.length) return refuse(words("nothing"));
  const unanswered = shown.filter((row) => !row.number).map(toUnanswered);
  const body = JSON.stringify({ items, unanswered, tender });
  await makePack(part("pack"), form.dataset.pack, body, { "Content-Type": "application/json" });
}

// What has no number cannot be asked about. It stands in the pack by its place and by why.
function toUnanswered({ source, page, line, bidder, unread, reasons }) {
  const reason = unread || (reasons.includes("refused") ? "refused" : "not_checked");
  return { source, page, line, bidder, reason };
}

function refuse(why) {
  part("export-refused").textContent = why;
  part("export-refused").hidden = false;
}

async function fetched(address, body, type, name) {
  part("export-refused").hidden = true;
  try {
    const answer = await fetch(address, { method: "POST", body, headers: { "Content-Type": type, Accept: "application/json" }, credentials: "omit" });
    if (!answer.ok) throw new Error((await answer.json()).detail);
    download(name, await answer.blob(), answer.headers.get("Content-Type"));
  } catch (error) {
    refuse(error.message || words("failed-text"));
  }
}

const CLICKS = { pause, "go-on": go, "begin-anew": beginAnew, again: retry, csv: saveCsv, json: saveJson, xlsx: saveSheet, pack: savePack };

async function start() {
  table = new Table(part("table"), words);
  for (const [name, click] of Object.entries(CLICKS)) part(name).addEventListener("click", click);
  // Whoever is quicker than the store must not lose what was filled in.
  form.addEventListener("submit", begin);
  showTender(document.querySelector("[data-tender]"));
  store = await opened;
  const kept = await store.load();
  if (!kept || batch) return;
  batch = kept;
  await work();
}

start();
