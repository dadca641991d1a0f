// An evidence pack while it is made: of thousands of certificates that takes minutes, and whoever waits is told so.

const LONGEST = 15 * 60_000;
let making = false;

/** Has a pack made and hands it over; the page says how it stands, and nobody asks twice at a time. */
export async function makePack(button, address, body, headers = {}) {
  if (making) return;
  const state = document.querySelector("[data-pack-state]");
  const [said, refused, file] = ["said", "refused", "file"].map((name) => state.querySelector(`[data-pack-${name}]`));
  making = true;
  // Not disabled: that would take the focus from whoever waits with a keyboard.
  button.setAttribute("aria-disabled", "true");
  said.textContent = state.dataset.making;
  refused.hidden = file.hidden = true;
  try {
    offer(file, await ask(address, body, headers));
    said.textContent = state.dataset.ready;
  } catch (error) {
    said.textContent = "";
    refused.textContent = error.told ?? state.dataset.failed;
    refused.hidden = false;
  } finally {
    making = false;
    button.removeAttribute("aria-disabled");
  }
}

async function ask(address, body, headers) {
  const signal = AbortSignal.timeout(LONGEST);
  const accept = { ...headers, Accept: "application/json" };
  const answer = await fetch(address, { method: "POST", body, headers: accept, signal, credentials: "omit" });
  if (!answer.ok) {
    const { detail } = await answer.json().catch(() => ({}));
    throw Object.assign(new Error("refused"), { told: detail });
  }
  const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition"));
  return { content: await answer.blob(), name: name ? name[1] : "attesto.pdf" };
}

// A browser may not save by itself what was asked for minutes ago: the link stays.
function offer(file, { content, name }) {
  const link = file.querySelector("a");
  if (link.href) URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(content);
  link.download = name;
  file.hidden = false;
  link.click();
}
