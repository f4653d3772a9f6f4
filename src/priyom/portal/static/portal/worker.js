/**
 * The service worker of one portal. It keeps only what shows no patient: the offline page, made for nobody, and the
 * scripts, styles, letters and icons that it needs. A page of the portal is never kept; without a network the
 * offline page stands in its place and says what still waits to be sent. What waits is in the outbox, not here.
 */

/**
 * @typedef {Event & {request: Request, waitUntil: (done: Promise<unknown>) => void,
 *   respondWith: (answer: Promise<Response>) => void}} Lived
 * @typedef {EventTarget & {skipWaiting: () => Promise<void>, clients: {claim: () => Promise<void>}}} Worker
 */
const worker = /** @type {Worker} */ (/** @type {unknown} */ (self));
const PORTAL = new URL(self.location.href).pathname.split("/")[1];
const KEPT = `priyom-standby-${PORTAL}`;
const OFFLINE = `/${PORTAL}/offline/`;
const PARTS = /\/(?:static|ui)\/[\w./-]+\.(?:js|css|svg|woff2|webmanifest)/g;

worker.addEventListener("install", (happened) => {
  const event = /** @type {Lived} */ (happened);
  event.waitUntil(keep().then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (happened) => {
  const event = /** @type {Lived} */ (happened);
  event.waitUntil(worker.clients.claim());
});

worker.addEventListener("fetch", (happened) => {
  const event = /** @type {Lived} */ (happened);
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => kept(OFFLINE)));
  else if (/^\/(static|ui)\//.test(pathname)) event.respondWith(fetch(request).catch(() => kept(pathname)));
});

/** Fetch the offline page as nobody, and what it needs. */
async function keep() {
  const cache = await caches.open(KEPT);
  const page = await fetch(OFFLINE, { credentials: "omit", cache: "reload" });
  if (!page.ok) throw new Error(String(page.status));
  const parts = new Set((await page.clone().text()).match(PARTS));
  await cache.put(OFFLINE, page);
  await cache.addAll(parts);
}

/** @param {string} path */
async function kept(path) {
  return (await (await caches.open(KEPT)).match(path)) ?? Response.error();
}
