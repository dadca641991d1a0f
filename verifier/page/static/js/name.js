// "Does this name match?" Against the code's name once a code was checked here, else asked of the registry.

import { compareNames } from "./names.js";

const card = document.querySelector("#name-card");
const form = card.querySelector("[data-name-form]");
const root = document.documentElement;

/** The name in the code that was checked, null where there is none. */
function checkedName() {
  const holder = document.querySelector("#holder");
  return holder.hidden ? null : holder.querySelector('[data-claim="name"]').textContent;
}

// A code that was refused leaves nothing to compare: the number alone would answer for another document.
function followCode() {
  const found = checkedName() !== null;
  if (!found && !root.dataset.checked) return;
  card.hidden = !found;
  card.querySelector("[data-name-ask]").hidden = !found;
  card.querySelector("[data-by-browser]").hidden = !found;
  card.querySelector("[data-by-registry]").hidden = true;
}

async function ask(typed) {
  const name = checkedName();
  if (name !== null) return compareNames(typed, name);
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams({ name: typed }),
      headers: { Accept: "application/json" },
      credentials: "omit",
    });
    if (answer.status === 429) return { outcome: "too_many", overlooked: [] };
    return answer.ok ? await answer.json() : { outcome: "unanswered", overlooked: [] };
  } catch {
    return { outcome: "unanswered", overlooked: [] };
  }
}

function show({ outcome, overlooked }) {
  const key = overlooked.includes("further_names") ? "further_names" : outcome;
  const note = card.querySelector(`template[data-name-outcome="${key}"]`).content.cloneNode(true);
  if (key === "same_but") note.querySelector("span").append(` ${overlooked.map(word).join(", ")}`);
  card.querySelector("[data-name-answer]").replaceChildren(note);
}

const word = (what) =>
  card.querySelector("template[data-name-overlooked]").content.querySelector(`[data-word="${what}"]`).textContent;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  show(await ask(form.elements.name.value));
});
// Another name has another answer.
form.addEventListener("input", () => card.querySelector("[data-name-answer]").replaceChildren());
new MutationObserver(followCode).observe(root, { attributeFilter: ["data-checked"] });
followCode();
