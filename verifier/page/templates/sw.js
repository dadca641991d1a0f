// Keeps the page's own files on the device for when there is no network, and never an answer about a certificate. The
// network is always asked first, so nobody gets an old page while there is one.
"use strict";

const SHELL = "attesto-shell-{{ version }}";
const FILES = {{ files | tojson }};
const LANGUAGES = {{ languages | tojson }};
const PATIENCE = 10_000;
// Pages and workers that came from the device; their files do too, so that they fit, and nobody waits for each of them.
const cutOff = new Set();

addEventListener("install", (event) => event.waitUntil(keep()));
addEventListener("activate", (event) => event.waitUntil(takeOver()));
addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  if (mode === "navigate") event.respondWith(navigate(event));
  else if (FILES.includes(pathname)) event.respondWith(read(event, pathname));
});

async function keep() {
  const shell = await caches.open(SHELL);
  await shell.addAll(FILES.map((path) => new Request(path, { cache: "reload" })));
  await skipWaiting();
}

async function takeOver() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("attesto-shell-") && name !== SHELL).map((name) => caches.delete(name)));
  await clients.claim();
}

/** A page from the network; without one the scanner, and for every other page what the device knows by itself. */
async function navigate({ request, resultingClientId }) {
  try {
    return await fromNetwork(request);
  } catch {
    cutOff.add(resultingClientId);
    const { pathname, searchParams } = new URL(request.url);
    return kept(`${pathname === "/scan" ? "/scan" : "/offline"}?lang=${language(searchParams)}`);
  }
}

async function read({ request, clientId, resultingClientId }, pathname) {
  if (cutOff.has(clientId)) {
    // A worker asks for its files in its own name.
    if (resultingClientId) cutOff.add(resultingClientId);
    return kept(pathname);
  }
  try {
    return await fromNetwork(request);
  } catch {
    return kept(pathname);
  }
}

function fromNetwork(request) {
  const silence = new Promise((_, reject) => setTimeout(() => reject(new Error("silence")), PATIENCE));
  return Promise.race([fetch(request), silence]);
}

async function kept(path) {
  const found = await caches.match(path, { cacheName: SHELL, ignoreVary: true });
  return found ?? Response.error();
}

function language(asked) {
  const wanted = [asked.get("lang"), ...navigator.languages.map((tag) => tag.split("-")[0].toLowerCase())];
  return wanted.find((code) => LANGUAGES.includes(code)) ?? LANGUAGES[0];
}
