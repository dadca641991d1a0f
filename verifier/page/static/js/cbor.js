// The part of CBOR that tokens are made of, read strictly: definite lengths and shortest numbers (RFC 8949, section 4.2.1).
// A map is read as a list of [key, value], so that the order of its keys can be checked.

import { FormatError, concat, parseUtf8 } from "./bytes.js";

export class Tagged {
  constructor(tag, value) {
    Object.assign(this, { tag, value });
  }
}

export class Pairs extends Array {}

const MAX_DEPTH = 4;

/** One item and nothing after it; integers past 2^53 - 1 are BigInt. */
export function parseCbor(bytes) {
  const reader = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), place: 0 };
  const item = readItem(reader, 0);
  if (reader.place !== bytes.length) throw new FormatError("something follows the item");
  return item;
}

function readItem(reader, depth) {
  if (depth > MAX_DEPTH) throw new FormatError("nested too deeply");
  const initial = take(reader, 1)[0];
  const major = initial >> 5;
  if (initial === 0xf6) return null;
  if (major === 7) throw new FormatError("a simple value or a float");
  const argument = readArgument(reader, initial & 31);
  const count = () => {
    if (typeof argument === "bigint" || argument > reader.bytes.length) throw new FormatError("longer than the data");
    return argument;
  };
  switch (major) {
    case 0:
      return argument;
    case 1:
      return typeof argument === "bigint" ? -1n - argument : -1 - argument;
    case 2:
      return take(reader, count());
    case 3:
      return parseUtf8(take(reader, count()));
    case 4:
      return Array.from({ length: count() }, () => readItem(reader, depth + 1));
    case 5:
      return Pairs.from({ length: count() }, () => [readItem(reader, depth + 1), readItem(reader, depth + 1)]);
    default:
      return new Tagged(argument, readItem(reader, depth + 1));
  }
}

function readArgument(reader, info) {
  if (info < 24) return info;
  const size = { 24: 1, 25: 2, 26: 4, 27: 8 }[info];
  if (!size) throw new FormatError("an indefinite length");
  const start = reader.place;
  take(reader, size);
  const wide = size === 8 ? reader.view.getBigUint64(start) : BigInt(reader.view[`getUint${size * 8}`](start));
  if (wide < { 1: 24n, 2: 1n << 8n, 4: 1n << 16n, 8: 1n << 32n }[size]) throw new FormatError("a number not in its shortest form");
  return wide <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(wide) : wide;
}

function take(reader, length) {
  const end = reader.place + length;
  if (end > reader.bytes.length) throw new FormatError("the data ends too early");
  const part = reader.bytes.subarray(reader.place, end);
  reader.place = end;
  return part;
}

/** The Sig_structure of a COSE_Sign1 without external data (RFC 9052, section 4.4). */
export function sigStructure(protectedHeader, payload) {
  const context = Uint8Array.of(0x84, 0x6a, ...new TextEncoder().encode("Signature1"));
  return concat(context, byteString(protectedHeader), Uint8Array.of(0x40), byteString(payload));
}

function byteString(bytes) {
  const length = bytes.length;
  const head = length < 24 ? [0x40 | length] : length < 256 ? [0x58, length] : [0x59, length >> 8, length & 255];
  return concat(Uint8Array.from(head), bytes);
}
