/** Starts the portal's service worker: data-worker on this script's tag names it, its folder is its scope. */

const tag = document.querySelector("script[data-worker]");
if (tag instanceof HTMLElement && "serviceWorker" in navigator) {
  navigator.serviceWorker.register(tag.dataset.worker ?? "").catch(() => undefined); // the page works without it
}
