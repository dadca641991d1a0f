// Bytes as text and back, one spelling per value; every reader throws FormatError.

export class FormatError extends Error {}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** RFC 4648, section 6, upper or lower case, without padding. */
export const parseBase32 = (text) => parseBits(text.toUpperCase(), BASE32, 5);

/** RFC 4648, section 5, without padding. */
export function parseBase64url(text) {
  if (/[+/]/.test(text)) throw new FormatError("not base64url");
  return parseBits(text.replaceAll("-", "+").replaceAll("_", "/"), BASE64, 6);
}

/** RFC 4648, section 4, with padding. */
export function parseBase64(text) {
  const bare = text.replace(/={1,2}$/, "");
  if (text.length % 4 || text.length - bare.length !== (4 - (bare.length % 4)) % 4) throw new FormatError("not base64");
  return parseBits(bare, BASE64, 6);
}

function parseBits(text, alphabet, width) {
  const bytes = new Uint8Array(Math.floor((text.length * width) / 8));
  let held = 0;
  let bits = 0;
  let place = 0;
  for (const symbol of text) {
    const value = alphabet.indexOf(symbol);
    if (value < 0) throw new FormatError("a foreign symbol");
    held = ((held << width) | value) & 0xffff;
    bits += width;
    if (bits >= 8) {
      bits -= 8;
      bytes[place++] = held >> bits;
    }
  }
  // A whole symbol left over, or bits in the last one, would be a second spelling.
  if (bits >= width || held & ((1 << bits) - 1)) throw new FormatError("bits left over");
  return bytes;
}

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export const equal = (a, b) => a.length === b.length && a.every((byte, place) => byte === b[place]);

export function concat(...parts) {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let place = 0;
  for (const part of parts) {
    all.set(part, place);
    place += part.length;
  }
  return all;
}

export const utf8 = (text) => new TextEncoder().encode(text);

export function parseUtf8(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FormatError("not UTF-8");
  }
}

export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
