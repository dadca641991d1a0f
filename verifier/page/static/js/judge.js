// From a code and the page's report to an outcome, in the order of the verifier's checks. The status itself is the report's:
// there is no rule about it here, and nothing here makes an answer better than the report gives it.

import { equal, hex, parseBase32, parseBase64url, sha256 } from "./bytes.js";
import { UnsupportedError, algorithmOf, shortId, signedBy } from "./key.js";
import { openSnapshot } from "./log.js";
import { IN_FORCE, listedStatus } from "./status_list.js";
import { parseToken } from "./token.js";

const ANSWERED = new Set(["in_force", "not_in_force", "interrupted"]);
const [PASSED, FAILED, NOT_CHECKED] = ["passed", "failed", "not_checked"];

/**
 * @param {string} code the link's fragment
 * @param {object} report what /V/NUMBER.json answers, with ``asked``, the number in the page's address
 * @param {(path: string) => Promise<Uint8Array>} fetchPublic reads a public file
 * @returns {{state: string|null, reason: string|null, checks: Object<string, string>, claims: object|null}}
 *   ``state`` is what the page turns to, null to leave it as it is; ``claims`` are there once the signature holds.
 */
export async function judge(code, report, fetchPublic) {
  const checks = { token: NOT_CHECKED, registered: NOT_CHECKED, snapshot: NOT_CHECKED, list: NOT_CHECKED };
  try {
    return await checkAll(code, report, fetchPublic, checks);
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    // Over plain http no browser has the means, so another browser would not help.
    const reason = globalThis.isSecureContext ? "unsupported" : "insecure";
    return { state: unchecked(report), reason, checks, claims: null };
  }
}

/** A presented code that was not checked leaves no answer standing that the number alone got. */
const unchecked = (report) => (ANSWERED.has(report.verdict) ? "code_not_checked" : null);

async function checkAll(code, report, fetchPublic, checks) {
  const found = await checkToken(code, report);
  checks.token = found.outcome;
  if (found.outcome !== PASSED) return { state: found.state, reason: found.reason, checks, claims: null };
  const { claims, token } = found;
  // By number nothing is said any more that the document could be held against; its name is not repeated either.
  if (report.verdict === "erased") return { state: null, reason: "erased", checks, claims: null };
  if (report.verdict === "no_record") return { state: "withheld", reason: null, checks, claims };
  if (!report.browser.record) return { state: unchecked(report), reason: null, checks, claims };
  const wrong = await findUnregistered(token, report.browser);
  checks.registered = wrong ? FAILED : PASSED;
  if (wrong) return { state: "forged", reason: wrong, checks, claims: null };
  const doubt = await checkLog(report, claims, fetchPublic, checks);
  if (doubt) return { ...doubt, checks, claims };
  return { state: better(report, claims), reason: null, checks, claims };
}

const fail = (reason, state = "forged") => ({ outcome: FAILED, state, reason });

async function checkToken(code, report) {
  let token;
  try {
    token = parseToken(parseBase32(code));
  } catch {
    return fail("unreadable");
  }
  const { claims } = token;
  if (claims.number !== report.asked) return fail("other_number");
  const keys = report.browser.bodies[claims.body];
  if (!keys || !Object.hasOwn(report.browser.bodies, claims.body)) return fail(null, "unknown_body");
  const key = keys.find((known) => equal(shortId(known.key_id), token.keyId));
  if (!key && report.browser.record) return fail("signature");
  if (!key) return { outcome: NOT_CHECKED, state: unchecked(report), reason: "younger_key" };
  const genuine = algorithmOf(key.jwk) === token.algorithm && (await signedBy(key.jwk, token.signature, token.signed));
  return genuine ? { outcome: PASSED, claims, token: { ...token, key } } : fail("signature");
}

/** Why the body's events do not vouch for this very token; null if they do. */
async function findUnregistered({ claims, key, signed }, { record }) {
  if (claims.body !== record.body) return "signature";
  const digest = await sha256(signed);
  const logged = record.documents.find((document) => equal(parseBase64url(document.token_sha256), digest));
  if (!logged) return "unregistered";
  if (!inForce(key, logged.index)) return "key";
  const said = [claims.edition, claims.profile, claims.revision, claims.statusIndex];
  const held = [record.edition, record.profile, logged.revision, record.status_index];
  return said.every((value, place) => value === held[place]) ? null : "claims";
}

const inForce = (key, index) =>
  key.enrolled_at <= index && [key.retired_at, key.doubtful_from].every((end) => end === null || index < end);

async function checkLog(report, claims, fetchPublic, checks) {
  let snapshot;
  try {
    snapshot = await openSnapshot(report.browser.log);
    checks.snapshot = PASSED;
  } catch (error) {
    if (error instanceof UnsupportedError) throw error;
    checks.snapshot = FAILED;
    return { state: "altered", reason: "evidence" };
  }
  // A list of another day has nothing to say about this one.
  if (snapshot.list.day !== report.question.on) return null;
  const listed = await readList(snapshot, claims.statusIndex, fetchPublic);
  if (listed === null) return { state: "could_not_be_checked", reason: "list" };
  const agrees = (listed === IN_FORCE) === report.answers[0]?.in_force;
  checks.list = agrees ? PASSED : FAILED;
  return agrees ? null : { state: "could_not_be_checked", reason: "list" };
}

async function readList(snapshot, index, fetchPublic) {
  try {
    const content = await fetchPublic(`status/list/${hex(parseBase64url(snapshot.list.sha256))}`);
    return await listedStatus(content, snapshot.list, index);
  } catch {
    return null;
  }
}

/** What a genuine, registered document makes of an answer: an older one is replaced, a green one says so. */
function better(report, claims) {
  if (report.verdict !== "in_force") return null;
  if (claims.revision < report.certification.current_revision) return "superseded";
  // Of a day to come nothing is green: decisions that are not taken yet may change it.
  if (report.question.so_far) return null;
  return report.answers[0].accreditation.coverage === "covered" ? "genuine" : null;
}
