// Runs before anything is shown: takes the code of the certificate out of the address bar and of the history, hides the
// answer until page.js has shown what the code comes to, and has it checked while the page is still read. Not a module, so
// that nothing is painted before.
"use strict";
{
  const check = async (code, report) => {
    const answer = fetch(report.href, { credentials: "omit" });
    const [answered, { check }] = await Promise.all([answer, import("./check.js")]);
    return check(code, await answered.json(), report.dataset);
  };

  document.documentElement.classList.add("scripted");
  const fragment = location.hash.slice(1);
  // A link inside the page, as to its main part, is short and in lower case; a code is neither.
  if (fragment && !/^[a-z-]{1,20}$/.test(fragment)) {
    history.replaceState(null, "", location.pathname + location.search);
    globalThis.attestoCode = fragment;
    document.documentElement.classList.add("checking");
    const report = document.querySelector('link[rel="alternate"][type$="report.v1+json"]');
    if (report) globalThis.attestoCheck = check(fragment, report).catch(() => null);
  }
}
