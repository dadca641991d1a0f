// The public log: its signed head (C2SP checkpoint), the operator's entries (JWS), and the proofs that lead from one to the other.

import { FormatError, concat, equal, parseBase64, parseBase64url, parseUtf8, sha256, utf8 } from "./bytes.js";
import { algorithmOf, signedBy } from "./key.js";

const [SNAPSHOT, TIME] = ["vnd.attesto.snapshot.v1+jwt", "vnd.attesto.time.v1+jwt"];

/** The snapshot that the operator signed and the log holds; throws FormatError where a proof does not hold. */
export async function openSnapshot(log) {
  const head = await openCheckpoint(log);
  return openEntry(log, head, { ...log.snapshot, proof: log.proof }, SNAPSHOT);
}

/**
 * The same with its instant and the log's head: ``log.snapshot`` and ``log.time`` each with their own proof, the latter being
 * the entry that closes the snapshot's prefix.
 */
export async function openKnowledge(log) {
  const head = await openCheckpoint(log);
  const snapshot = await openEntry(log, head, log.snapshot, SNAPSHOT);
  if (log.time.index !== snapshot.size - 1 || log.snapshot.index < snapshot.size) throw new FormatError("another time entry");
  const at = new Date((await openEntry(log, head, log.time, TIME)).at);
  if (Number.isNaN(at.getTime())) throw new FormatError("no instant");
  return { head, snapshot, at };
}

/** Whether the log of one head goes on from that of an earlier one (RFC 9162, section 2.1.4.2; the names are its own). */
export async function goesOn(first, second, proof) {
  if (first.size === second.size) return !proof.length && equal(first.root, second.root);
  // The old root of a complete tree is the first node already; the proof leaves it out.
  const path = isComplete(first.size) ? [first.root, ...proof] : proof;
  if (first.size < 1 || first.size > second.size || !path.length) return false;
  let fn = first.size - 1;
  let sn = second.size - 1;
  while (fn % 2) [fn, sn] = [half(fn), half(sn)];
  let fr = path[0];
  let sr = path[0];
  for (const c of path.slice(1)) {
    if (sn === 0) return false;
    if (fn % 2 || fn === sn) {
      [fr, sr] = [await nodeHash(c, fr), await nodeHash(c, sr)];
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      sr = await nodeHash(sr, c);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && equal(fr, first.root) && equal(sr, second.root);
}

const isComplete = (size) => (size % 2 ? size === 1 : isComplete(size / 2));

const nodeHash = (left, right) => sha256(concat(Uint8Array.of(1), left, right));

// Sizes stay below 2^53, past what bit operators take.
const half = (value) => Math.floor(value / 2);

/** What an entry says that the operator signed and the log of that head holds. */
async function openEntry(log, head, { index, entry, proof }, typ) {
  const leaf = await sha256(concat(Uint8Array.of(0), utf8(entry)));
  const root = await rootFrom(leaf, index, head.size, proof.map(parseBase64));
  if (!equal(root, head.root)) throw new FormatError("the entry is not in the log");
  const content = JSON.parse(await openJws(entry, typ, log.operator_key));
  if (content.type !== TYPES[typ] || content.v !== 1 || content.log !== log.origin) throw new FormatError("another entry");
  return content;
}

const TYPES = { [SNAPSHOT]: "snapshot", [TIME]: "time" };

async function openCheckpoint(log) {
  const gap = log.checkpoint.lastIndexOf("\n\n");
  const [text, lines] = [log.checkpoint.slice(0, gap + 1), log.checkpoint.slice(gap + 2).trimEnd().split("\n")];
  const [origin, size, root, rest] = text.split("\n");
  if (gap < 0 || rest !== "" || origin !== log.origin || !/^(0|[1-9]\d{0,14})$/.test(size)) throw new FormatError("another head");
  const key = parseVkey(log.key);
  const line = lines.map((found) => /^— (\S+) (\S+)$/.exec(found)).find((found) => found && isLineOf(found, key));
  if (!line || !(await signedBy(key.jwk, parseBase64(line[2]).subarray(4), utf8(text)))) {
    throw new FormatError("the log's head is not signed by the log's key");
  }
  return { size: Number(size), root: parseBase64(root) };
}

const isLineOf = (line, key) => line[1] === key.name && equal(parseBase64(line[2]).subarray(0, 4), key.hash);

function parseVkey(text) {
  const [name, hash, ...encoded] = text.split("+");
  const key = parseBase64(encoded.join("+"));
  if (key.length !== 33 || key[0] !== 1) throw new FormatError("not an Ed25519 key");
  const x = btoa(String.fromCharCode(...key.subarray(1))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  return { name, hash: Uint8Array.from(hash.match(/../g), (pair) => parseInt(pair, 16)), jwk: { kty: "OKP", crv: "Ed25519", x } };
}

/** The payload's text of a compact JWS that the key signed. */
async function openJws(text, wanted, jwk) {
  const [header, payload, signature, ...rest] = text.split(".");
  const { alg, typ } = JSON.parse(parseUtf8(parseBase64url(header)));
  if (rest.length || alg !== algorithmOf(jwk) || typ !== wanted) throw new FormatError("an entry of another type");
  if (!(await signedBy(jwk, parseBase64url(signature), utf8(`${header}.${payload}`)))) {
    throw new FormatError("the entry is not signed by the operator");
  }
  return parseUtf8(parseBase64url(payload));
}

/** The root that an inclusion proof leads to (RFC 9162, section 2.1.3.2; the names are its own). */
async function rootFrom(leaf, index, size, proof) {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) throw new FormatError("not in the tree");
  let fn = index;
  let sn = size - 1;
  let r = leaf;
  for (const p of proof) {
    if (sn === 0) throw new FormatError("the proof is too long");
    if (fn % 2 || fn === sn) {
      r = await nodeHash(p, r);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      r = await nodeHash(r, p);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  if (sn !== 0) throw new FormatError("the proof is too short");
  return r;
}
