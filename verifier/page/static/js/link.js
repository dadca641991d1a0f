// What a pasted or scanned text names: the number and the code of a certificate, whatever address stands before them.

import { parseBase32 } from "./bytes.js";
import { parseToken } from "./token.js";

/**
 * The number and the code of a link, or of a code alone; null if it is neither.
 * ``host`` is what the link names, in lower case and never to be followed; null without one.
 */
export function takeApart(text) {
  const link = /^(?:(?:https?:\/\/)?([^/?#]+))?\/(?:[^?#]*\/)?V\/([0-9A-Z-]{13,20})\/?(?:\?[^#]*)?(?:#(.*))?$/i.exec(text);
  if (link) return { number: link[2], code: link[3] ?? "", host: link[1]?.toLowerCase() ?? null };
  const code = text.replace(/^#/, "");
  try {
    return { number: parseToken(parseBase32(code)).claims.number, code, host: null };
  } catch {
    return null;
  }
}
