// The certificate's token: a COSE_Sign1 over CWT claims, in exactly the one shape that bodies sign.

import { FormatError } from "./bytes.js";
import { Pairs, Tagged, parseCbor, sigStructure } from "./cbor.js";
import { formatNumber } from "./number.js";

const MAX_TOKEN_BYTES = 512;
const ALGORITHMS = new Map([[-19, "Ed25519"], [-7, "ES256"]]);
const CLAIMS = [1, 4, 6, 7, -65537];
const LAST_SECOND = 253_370_764_799;
const SLUG = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

/** Takes a token apart without trusting it; throws FormatError. */
export function parseToken(data) {
  if (data.length > MAX_TOKEN_BYTES) throw new FormatError("too long for a token");
  const token = parseCbor(data);
  check(token instanceof Tagged && token.tag === 18 && isList(token.value, 4), "no COSE_Sign1");
  const [header, unprotected, payload, signature] = token.value;
  check([header, payload, signature].every(isBytes) && unprotected instanceof Pairs && !unprotected.length, "no COSE_Sign1");
  check(signature.length === 64, "a signature of another length");
  return { ...parseHeader(header), claims: parseClaims(payload), signature, signed: sigStructure(header, payload) };
}

function parseHeader(bytes) {
  const pairs = parseCbor(bytes);
  check(pairs instanceof Pairs && pairs.length === 2 && pairs[0][0] === 1 && pairs[1][0] === 4, "another header");
  const [algorithm, keyId] = [ALGORITHMS.get(pairs[0][1]), pairs[1][1]];
  check(algorithm && isBytes(keyId) && keyId.length === 8, "another header");
  return { algorithm, keyId };
}

function parseClaims(bytes) {
  const pairs = parseCbor(bytes);
  check(pairs instanceof Pairs && pairs.length === 5, "other claims");
  check(pairs.every(([key], place) => key === CLAIMS[place]), "other claims");
  const [body, expires, issued, tokenId, row] = pairs.map(([, value]) => value);
  check(isSlug(body) && isSecond(issued) && Number.isSafeInteger(expires) && isSecond(expires - 1), "other claims");
  check(isBytes(tokenId) && tokenId.length === 16 && isList(row, 8), "other claims");
  return { body, issuedAt: new Date(issued * 1000), validUntil: lastDay(expires), ...parseRow(row) };
}

function parseRow([number, revision, edition, profile, statusIndex, holderTag, name, birthYear]) {
  check(isWhole(number) && BigInt(number) < 1n << 60n, "another number");
  check(isWhole(revision) && revision >= 1 && revision < 2 ** 31, "another revision");
  check(isSlug(edition) && isSlug(profile) && Number.isSafeInteger(statusIndex) && statusIndex >= 0, "other claims");
  check(isBytes(holderTag) && holderTag.length === 8 && isName(name), "another name");
  check(birthYear === null || (Number.isSafeInteger(birthYear) && birthYear >= 1850 && birthYear <= 9999), "another year");
  return { number: formatNumber(BigInt(number)), revision, edition, profile, statusIndex, name, birthYear };
}

/** The legal day (Europe/Rome) that ends with that second; it has to end then, at 24:00. */
function lastDay(second) {
  const { hour, minute, second: left } = romeTime(new Date(second * 1000));
  check(`${hour}:${minute}:${left}` === "00:00:00", "a time that ends no day");
  return romeDay(new Date((second - 1) * 1000));
}

/** The legal day of an instant, as YYYY-MM-DD. */
export const romeDay = (instant) => {
  const { year, month, day } = romeTime(instant);
  return `${year.padStart(4, "0")}-${month}-${day}`;
};

// A browser takes long for the first of these. So it is made while the page's report is still on its way.
const ROME = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/Rome", hourCycle: "h23",
  year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
});

const romeTime = (instant) => Object.fromEntries(ROME.formatToParts(instant).map(({ type, value }) => [type, value]));

const check = (holds, why) => {
  if (!holds) throw new FormatError(why);
};
const isBytes = (value) => value instanceof Uint8Array;
const isList = (value, length) => Array.isArray(value) && !(value instanceof Pairs) && value.length === length;
const isSlug = (value) => typeof value === "string" && SLUG.test(value);
const isSecond = (value) => Number.isSafeInteger(value) && value >= 0 && value <= LAST_SECOND;
const isWhole = (value) => (typeof value === "bigint" || Number.isSafeInteger(value)) && value >= 0;

function isName(value) {
  if (typeof value !== "string" || [...value].length > 60) return false;
  // The joiners are part of Persian and Indian names; any other invisible character would show another name.
  const visible = value.replace(/[\u200c\u200d]/g, "");
  return visible !== "" && !INVISIBLE.test(visible) && visible.trim() === visible;
}
