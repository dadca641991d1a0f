// The two scripts that this page may start besides its own; the policy on Trusted Types knows this one maker of addresses.

const SCRIPTS = new Set(["/scan/reader.js", "/sw.js"]);

function allowed(path) {
  if (!SCRIPTS.has(path)) throw new TypeError("not a script of this page");
  return path;
}

const policy = globalThis.trustedTypes?.createPolicy("attesto-script", { createScriptURL: allowed });

/** The address of a script of ours, as browsers with Trusted Types want it. */
export const scriptAt = (path) => policy?.createScriptURL(path) ?? allowed(path);
