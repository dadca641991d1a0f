// From a code and what the device keeps to what can be said without network: never that it is so today. The order of the
// checks is the verifier's; there is no rule about the status here.

import { equal, parseBase32, utf8 } from "./bytes.js";
import { UnsupportedError, algorithmOf, signedBy, thumbprint } from "./key.js";
import { keysOf } from "./knowledge.js";
import { openKnowledge } from "./log.js";
import { IN_FORCE, ShortListError, listedStatus } from "./status_list.js";
import { parseToken, romeDay } from "./token.js";

const STATES = ["in_force_then", "not_in_force_then", "suspended_then"];
const UNUSED = 3;
const [PASSED, FAILED, NOT_CHECKED] = ["passed", "failed", "not_checked"];
// How far a device's clock may be behind the registry's (docs/formats/snapshot.md, must 4).
const CLOCK_TOLERANCE = 5 * 60 * 1000;

/**
 * @param {string} code the link's fragment
 * @param {string|null} asked the number that stands beside it, null for none
 * @param {object|null} kept what known() gives
 * @param {Date} now the device's time
 * @returns {{state: string, reason: string|null, checks: Object<string, string>, claims: object|null, opened: object|null,
 *   listed: number|null}} ``opened`` is the checked knowledge, null if there is none; ``claims`` are there once the signature holds.
 */
export async function judgeOffline(code, asked, kept, now) {
  const found = { state: "nothing_known", reason: null, claims: null, opened: null, listed: null };
  const checks = { signature: NOT_CHECKED, list: NOT_CHECKED };
  try {
    return { ...found, checks, ...(await judgeAll(code, asked, kept, now, checks)) };
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    return { ...found, checks, state: "not_checked", reason: globalThis.isSecureContext ? "unsupported" : "insecure" };
  }
}

async function judgeAll(code, asked, kept, now, checks) {
  let token;
  try {
    token = parseToken(parseBase32(code));
  } catch {
    return { state: "forged", reason: "unreadable" };
  }
  if (asked !== null && token.claims.number !== asked) return { state: "forged", reason: "other_number" };
  if (!kept) return {};
  const opened = await openKept(kept);
  const refused = await checkSignature(token, kept.trust, checks);
  if (refused) return { ...refused, opened };
  const { claims } = token;
  if (!opened) return { state: "no_list", reason: "broken", claims };
  return { ...(await status(claims, kept, opened, now, checks)), claims, opened };
}

/** The knowledge, once its proofs hold; null if they do not. */
export async function openKept(kept) {
  try {
    return await openKnowledge({ ...kept.log, ...keysOf(kept.trust) });
  } catch (error) {
    if (error instanceof UnsupportedError) throw error;
    return null;
  }
}

/** What a signature that cannot be relied on comes to; null for one of the body's own keys. */
async function checkSignature(token, trust, checks) {
  if (!Object.hasOwn(trust.bodies, token.claims.body)) return { state: "body_unknown" };
  const keys = trust.bodies[token.claims.body].keys.filter(({ purpose }) => purpose === "token");
  const key = await find(keys, async ({ jwk }) => equal((await thumbprint(jwk)).subarray(0, 8), token.keyId));
  if (!key) return { state: "key_unknown" };
  const right = algorithmOf(key.jwk) === token.algorithm && (await signedBy(key.jwk, token.signature, token.signed));
  checks.signature = right ? PASSED : FAILED;
  if (!right) return { state: "forged", reason: "signature" };
  // Before which entry of the log it was issued only the log says.
  return key.doubtful_from === null ? null : { state: "key_doubtful" };
}

async function find(items, test) {
  for (const item of items) if (await test(item)) return item;
  return null;
}

async function status(claims, kept, { snapshot, at }, now, checks) {
  let listed;
  try {
    listed = await lookUp(kept.list, snapshot.list, claims.statusIndex);
    checks.list = PASSED;
  } catch {
    checks.list = FAILED;
    return { state: "no_list", reason: "broken" };
  }
  if (now < at - CLOCK_TOLERANCE) return { state: "no_list", reason: "clock" };
  if (listed === UNUSED) return { state: "not_listed" };
  if (now - at > kept.trust.policy.snapshot_max_age * 1000) return { state: "out_of_date", listed };
  if (listed === IN_FORCE && claims.validUntil < romeDay(now)) return { state: "ended", listed };
  return { state: STATES[listed], listed };
}

async function lookUp(list, named, index) {
  try {
    return await listedStatus(utf8(list), named, index);
  } catch (error) {
    if (error instanceof ShortListError) return UNUSED;
    throw error;
  }
}
