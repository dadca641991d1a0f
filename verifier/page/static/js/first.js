// Runs before anything is shown: takes the code of the certificate out of the address bar and of the history, and hides
// the answer until page.js has checked the code. Not a module, so that nothing is painted before.
"use strict";
{
  document.documentElement.classList.add("scripted");
  const fragment = location.hash.slice(1);
  // A link inside the page, as to its main part, is short and in lower case; a code is neither.
  if (fragment && !/^[a-z-]{1,20}$/.test(fragment)) {
    history.replaceState(null, "", location.pathname + location.search);
    globalThis.attestoCode = fragment;
    document.documentElement.classList.add("checking");
  }
}
