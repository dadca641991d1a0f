// Public keys and their signatures, by the browser's own cryptography.

import { parseBase64url, sha256, utf8 } from "./bytes.js";

const ALGORITHMS = {
  Ed25519: { imported: { name: "Ed25519" }, used: { name: "Ed25519" } },
  ES256: { imported: { name: "ECDSA", namedCurve: "P-256" }, used: { name: "ECDSA", hash: "SHA-256" } },
};

/** The browser has no usable cryptography: nothing is known from that. */
export class UnsupportedError extends Error {}

export const algorithmOf = (jwk) => (jwk.kty === "OKP" ? "Ed25519" : "ES256");

/** Whether the key made the signature: RFC 8032, or r‖s of RFC 7518, section 3.4. */
export async function signedBy(jwk, signature, data) {
  const { imported, used } = ALGORITHMS[algorithmOf(jwk)];
  let key;
  try {
    key = await crypto.subtle.importKey("jwk", { ...jwk }, imported, false, ["verify"]);
  } catch (error) {
    throw new UnsupportedError("the browser does not take this kind of key", { cause: error });
  }
  return crypto.subtle.verify(used, key, signature, data);
}

/** The first eight octets of a key's thumbprint, as tokens name it. */
export const shortId = (keyId) => parseBase64url(keyId).subarray(0, 8);

/** The thumbprint of a key by its required members alone, in the order of their names (RFC 7638, section 3). */
export const thumbprint = ({ crv, kty, x, y }) => sha256(utf8(JSON.stringify({ crv, kty, x, y })));
