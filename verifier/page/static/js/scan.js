// Reads a certificate's code with the camera or from a photo. Nothing is sent but the number, when the answer is asked for.

import { Camera, reasonOf } from "./camera.js";
import { learn } from "./knowledge.js";
import { takeApart } from "./link.js";
import { Reader, ReaderError } from "./picture.js";
import { install } from "./install.js";

const PAUSE = 120;
const HINT_AFTER = 6000;
const FOREIGN_FOR = 4000;

const page = document.querySelector("#scanner");
const part = (name) => page.querySelector(`[data-part="${name}"]`);
const camera = new Camera(part("video"));
let reader = null;
let round = 0;

// The reader is started by the first who needs it: it weighs a megabyte.
const theReader = () => (reader ??= new Reader());

function say(name) {
  const said = part("said");
  const text = name ? document.querySelector("#words").content.querySelector(`[data-word="${name}"]`).textContent : "";
  if (said.textContent !== text) said.textContent = text;
  page.dataset.said = name ?? "";
}

function show(scanning) {
  part("view").hidden = part("stop").hidden = !scanning;
  part("start").hidden = scanning || Camera.missing !== null;
  part("lamp").hidden = !scanning || !camera.hasLamp;
  part("lamp").setAttribute("aria-pressed", "false");
}

async function start() {
  const mine = ++round;
  part("elsewhere").hidden = true;
  part("start").disabled = true;
  say("starting");
  try {
    await camera.start();
  } catch (error) {
    camera.stop();
    say(reasonOf(error));
    return;
  } finally {
    part("start").disabled = false;
  }
  // While the browser asked, the visitor chose a photo or left.
  if (mine !== round) {
    camera.stop();
    return;
  }
  show(true);
  part("stop").focus();
  say("searching");
  await search(mine);
}

/** Looks at the video again and again, until a certificate is found or somebody stops. */
async function search(mine) {
  const since = performance.now();
  let foreignUntil = 0;
  while (camera.on && mine === round) {
    let texts;
    try {
      texts = await theReader().readVideo(part("video"));
    } catch (error) {
      if (mine === round) giveUp(error);
      return;
    }
    if (mine !== round) return;
    if (open(texts)) return;
    const now = performance.now();
    if (texts.length) foreignUntil = now + FOREIGN_FOR;
    if (now < foreignUntil) say("foreign");
    else say(now - since > HINT_AFTER ? "hint" : "searching");
    await new Promise((resume) => setTimeout(resume, PAUSE));
  }
}

function giveUp(error) {
  stop();
  say(error instanceof ReaderError ? "no-reader" : "taken");
}

function stop() {
  round += 1;
  camera.stop();
  show(false);
  say(null);
}

/** Goes to the answer for the first certificate among the texts; false if there is none. */
function open(texts) {
  const found = texts.map((text) => takeApart(text.trim())).find(Boolean);
  if (!found) return false;
  stop();
  const path = page.dataset.answers + found.number + page.dataset.query + (found.code && `#${found.code}`);
  const ours = [location.host, page.dataset.host];
  if (found.host === null || ours.includes(found.host)) {
    say("found");
    location.assign(path);
  } else {
    warn(found.host, path);
  }
  return true;
}

// Another address is said, and never opened: a cloned page would call every certificate genuine.
function warn(host, path) {
  part("host").textContent = host.slice(0, 80);
  part("elsewhere").hidden = false;
  part("here").href = path;
  part("here").focus();
}

async function readPhoto(file) {
  if (!file) return;
  stop();
  part("elsewhere").hidden = true;
  say("reading");
  try {
    const texts = await theReader().readPhoto(file);
    if (!open(texts)) say(texts.length ? "foreign-photo" : "empty-photo");
  } catch (error) {
    say(error instanceof ReaderError ? "no-reader" : "no-picture");
  } finally {
    // So that the same photo can be chosen again.
    part("photo").value = "";
  }
}

async function switchLamp() {
  const on = part("lamp").getAttribute("aria-pressed") !== "true";
  try {
    await camera.setLamp(on);
    part("lamp").setAttribute("aria-pressed", String(on));
  } catch {
    // Some cameras have no lamp though they say so.
    part("lamp").hidden = true;
  }
}

async function begin() {
  show(false);
  part("start").addEventListener("click", start);
  part("stop").addEventListener("click", () => {
    stop();
    part("start").focus();
  });
  part("lamp").addEventListener("click", switchLamp);
  part("photo").addEventListener("change", () => readPhoto(part("photo").files[0]));
  addEventListener("pagehide", stop);
  document.addEventListener("visibilitychange", () => document.hidden && camera.on && stop());
  if (Camera.missing) say(Camera.missing);
  else if (await Camera.granted()) await start();
}

begin();
// The next time it scans without network too.
if (await install()) await learn();
