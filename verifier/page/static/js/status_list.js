// The public status list of one day: two bits per status index.

import { FormatError, equal, parseBase64url, parseUtf8, sha256 } from "./bytes.js";

export const IN_FORCE = 0;

/** The list ends before the status index: it is older than the certification. */
export class ShortListError extends FormatError {}

/** What the list says of a status index; the list must be the one that the snapshot names. */
export async function listedStatus(content, named, index) {
  if (!equal(await sha256(content), parseBase64url(named.sha256))) throw new FormatError("another list");
  const list = JSON.parse(parseUtf8(content));
  if (list.bits !== 2 || list.day !== named.day) throw new FormatError("another list");
  const byte = (await inflate(parseBase64url(list.lst), Math.floor(index / 4) + 1)).at(-1);
  return (byte >> (2 * (index % 4))) & 3;
}

/** The first ``length`` octets of zlib data, and no more of it than that. */
async function inflate(data, length) {
  const reader = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  const found = new Uint8Array(length);
  let place = 0;
  while (place < length) {
    const { done, value } = await reader.read();
    if (done) throw new ShortListError("the list is too short");
    found.set(value.subarray(0, length - place), place);
    place += value.length;
  }
  await reader.cancel();
  return found;
}
