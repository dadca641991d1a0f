// What goes into an evidence pack beside the answer: the notes on the tender and, if the visitor wants it, the code.

import { makePack } from "./pack_make.js";
import { tenderNotes } from "./tender.js";

/** Fills in the form when it is sent, and only then; `code` is the certificate's, where one was presented. */
export function offerPack(form, code) {
  const choice = form.querySelector("[data-pack-code]");
  if (choice) choice.hidden = !code;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (choice) fill(form, code && choice.querySelector("input").checked ? code : "");
    makePack(form.querySelector("button"), form.action, new URLSearchParams(new FormData(form)));
  });
}

function fill(form, code) {
  const notes = tenderNotes();
  for (const name of ["committee", "cig", "lot", "bidder", "requirement"]) form.elements[name].value = notes[name] ?? "";
  form.elements.token.value = code;
}
