// Checks a certificate's code against what the page and its report say of the number.

import { judge } from "./judge.js";

/**
 * @param {string} code the link's fragment
 * @param {object} report what /V/NUMBER.json answers
 * @param {{number: string, verdict: string, public: string}} page the number and the verdict that the page shows, and where
 *   the public files are
 * @returns what judge.js makes of it; throws where that cannot be told.
 */
export async function check(code, report, page) {
  // The page and the report are two answers; a decision between them must not pass unseen.
  if (report.verdict !== page.verdict) throw new Error("the answer has changed meanwhile");
  return judge(code, { ...report, asked: page.number }, (path) => fetchPublic(page.public + path));
}

async function fetchPublic(address) {
  const answer = await fetch(address, { credentials: "omit" });
  if (!answer.ok) throw new Error("not there");
  return new Uint8Array(await answer.arrayBuffer());
}
