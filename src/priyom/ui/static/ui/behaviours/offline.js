/**
 * Shows the band «Нет сети» while the browser says so, or while a room says so by the event "ui:offline"
 * (detail: true | false) on the document, for a socket knows it earlier.
 * What sticks to the top of a page stands below the band: --offline is its height.
 * @param {HTMLElement} element the band @param {import("../app.js").Life} life
 */
export default function offline(element, { signal }) {
  let socket = false;
  const measure = () => document.documentElement.style.setProperty("--offline", `${element.offsetHeight}px`);
  const show = () => {
    element.hidden = navigator.onLine && !socket;
    measure();
  };
  const grown = new ResizeObserver(measure);
  grown.observe(element);
  signal.addEventListener("abort", () => grown.disconnect());
  window.addEventListener("online", show, { signal });
  window.addEventListener("offline", show, { signal });
  document.addEventListener("ui:offline", (event) => {
    socket = Boolean(/** @type {CustomEvent} */ (event).detail);
    show();
  }, { signal });
  show();
}
