// Puts the page on this device, so that it opens without network too. Where a browser does not do that, all else works.

import { scriptAt } from "./scripts.js";

/** Whether the page is kept on this device from now on. */
export async function install() {
  if (!navigator.serviceWorker) return false;
  try {
    await navigator.serviceWorker.register(scriptAt("/sw.js"));
    return Boolean(await navigator.serviceWorker.ready);
  } catch {
    return false;
  }
}
