// What this device keeps for when there is no network: whom to trust, the log's newest snapshot, and its status list. It
// holds nothing of any certificate that was looked at.

import { FormatError, equal, hex, parseBase64, parseBase64url, sha256, utf8 } from "./bytes.js";
import { UnsupportedError } from "./key.js";
import { goesOn, openKnowledge } from "./log.js";

const STORE = "attesto-knowledge";
const PLACE = "/offline/knowledge.json";

/** What is kept, unchecked; null for nothing, or where the browser keeps nothing. */
export async function known() {
  try {
    const found = await caches.match(PLACE, { cacheName: STORE });
    return found ? await found.json() : null;
  } catch {
    return null;
  }
}

export const forget = () => caches.delete(STORE);

/**
 * Asks for the newest knowledge and keeps it if it holds.
 * @returns {Promise<string>} "kept", "older", "unproven", "unreachable", "unkept", "unsupported", or "refused": the registry shows other keys
 *   than this device knows, or another history. That is kept and shown until the visitor forgets.
 */
export const learn = () => (learning ??= learnNow().finally(() => (learning = null)));

// A page's scripts may ask together: they are answered together.
let learning = null;

async function learnNow() {
  if (!globalThis.caches) return "unkept";
  const kept = await known();
  let made;
  try {
    made = await take(kept, JSON.parse(await fetchText(kept ? `${PLACE}?since=${sizeOf(kept)}` : PLACE, "no-cache")));
  } catch (error) {
    if (error instanceof UnsupportedError) return "unsupported";
    return error instanceof UnreachableError ? "unreachable" : "unproven";
  }
  if (!made) return "older";
  try {
    await keep(made);
  } catch {
    return "unkept";
  }
  return made.refused ? "refused" : "kept";
}

/** Says on whatever page it is that the registry is not the one this device knows, if so. */
export async function warn() {
  const refused = (await known())?.refused;
  document.querySelector("#refusal").hidden = !refused;
  document.querySelector("[data-refused]").textContent = refused?.what ?? "";
}

async function keep(knowledge) {
  const store = await caches.open(STORE);
  await store.put(PLACE, new Response(JSON.stringify(knowledge), { headers: { "Content-Type": "application/json" } }));
}

// The second line of a checkpoint.
const sizeOf = ({ log }) => encodeURIComponent(log.checkpoint.split("\n")[1]);

class UnreachableError extends Error {}

async function fetchText(path, cache = "default") {
  try {
    const answer = await fetch(path, { credentials: "omit", cache });
    if (answer.ok) return await answer.text();
  } catch {
    // As if it answered with an error.
  }
  throw new UnreachableError(path);
}

/** What to keep from now on; null if what is kept is newer. */
async function take(kept, { trust, log }) {
  const changed = kept && changedIn(kept.trust, trust);
  if (changed) return refuse(kept, changed);
  const opened = await openKnowledge({ ...log, ...keysOf(trust) });
  if (kept) {
    const before = await openKnowledge({ ...kept.log, ...keysOf(kept.trust) });
    if (log.snapshot.entry === kept.log.snapshot.entry && trust.as_of_size === kept.trust.as_of_size) return kept;
    if (opened.at < before.at || opened.head.size < before.head.size || trust.as_of_size < kept.trust.as_of_size) return null;
    if (!(await goesOn(before.head, opened.head, proofSince(before.head, opened.head, log.consistency)))) return refuse(kept, "history");
  }
  const [list, names] = await Promise.all([fetchList(opened.snapshot.list), fetchNames()]);
  return { trust, log, list, names: names ?? kept?.names ?? null, refused: kept?.refused ?? null };
}

/** Which of the keys that never change did change: those of the log, its operator, and the bodies' first ones; null for none. */
function changedIn(kept, fresh) {
  for (const name of ["origin", "log_key", "operator_key"]) {
    if (!same(kept[name], fresh[name])) return name;
  }
  for (const [slug, body] of Object.entries(kept.bodies)) {
    const now = Object.hasOwn(fresh.bodies, slug) ? fresh.bodies[slug] : body;
    if (!same(now.event_key, body.event_key) || !same(now.recovery_key, body.recovery_key)) return slug;
  }
  return null;
}

const same = (a, b) => canonical(a) === canonical(b);
const canonical = (value) => JSON.stringify(typeof value === "string" ? value : Object.entries(value).sort());

const refuse = (kept, what) => ({ ...kept, refused: { what, at: new Date().toISOString() } });

// Two heads that the log's key signed and that do not go on from each other prove that it showed two histories; that no proof
// came proves nothing, and nothing is taken over.
function proofSince(before, now, consistency) {
  if (before.size === now.size) return [];
  if (consistency?.since !== before.size) throw new FormatError("no proof that the log goes on");
  return consistency.proof.map(parseBase64);
}

async function fetchList({ sha256: name }) {
  const digest = parseBase64url(name);
  const text = await fetchText(`/public/status/list/${hex(digest)}`);
  if (!equal(await sha256(utf8(text)), digest)) throw new FormatError("another list");
  return text;
}

/** What slugs stand for. Nothing rests on it, so there is an answer without it too: null. */
async function fetchNames() {
  try {
    return JSON.parse(await fetchText("/offline/names.json"));
  } catch {
    return null;
  }
}

/** The keys that the log is held to. */
export const keysOf = (trust) => ({ origin: trust.origin, key: trust.log_key, operator_key: trust.operator_key });
