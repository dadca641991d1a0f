// What a committee notes of its tender. It is kept in this browser alone, until it is forgotten, and is sent to nobody but with
// a pack that is made of it: packs read it from here.

const PLACE = "attesto.tender";

/** The notes by name (cig, lot, bidder, committee, requirement), those alone that say something. */
export function tenderNotes() {
  try {
    const kept = JSON.parse(localStorage.getItem(PLACE));
    return Object.fromEntries(Object.entries(kept ?? {}).filter(([, text]) => typeof text === "string" && text));
  } catch {
    return {};
  }
}

function keep(notes) {
  if (Object.keys(notes).length) localStorage.setItem(PLACE, JSON.stringify(notes));
  else localStorage.removeItem(PLACE);
}

/** Shows the notes in the part of the page that is made for them, and keeps what is written there. */
export function showTender(part) {
  const fields = [...part.querySelectorAll("[data-note]")];
  const written = () => fields.map((field) => [field.dataset.note, field.value.trim()]).filter(([, text]) => text);
  const notes = tenderNotes();
  for (const field of fields) field.value = notes[field.dataset.note] ?? "";
  // On paper only what was noted.
  const show = () => part.classList.toggle("unprinted", !written().length);
  part.addEventListener("input", () => {
    part.querySelector("[data-forgotten]").hidden = true;
    try {
      keep(Object.fromEntries(written()));
    } catch {
      part.querySelector("[data-unkept]").hidden = false;
    }
    show();
  });
  part.querySelector("[data-forget]").addEventListener("click", () => {
    for (const field of fields) field.value = "";
    try {
      keep({});
    } catch {
      // What could not be kept is gone already.
    }
    part.querySelector("[data-forgotten]").hidden = false;
    show();
  });
  part.open = written().length > 0;
  part.hidden = false;
  show();
}
