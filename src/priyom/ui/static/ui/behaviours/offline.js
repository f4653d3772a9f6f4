/**
 * Shows the band «Нет сети» while the browser says so, or while a room says so by the event "ui:offline"
 * (detail: true | false) on the document, for a socket knows it earlier.
 * @param {HTMLElement} element the band @param {import("../app.js").Life} life
 */
export default function offline(element, { signal }) {
  let socket = false;
  const show = () => { element.hidden = navigator.onLine && !socket; };
  window.addEventListener("online", show, { signal });
  window.addEventListener("offline", show, { signal });
  document.addEventListener("ui:offline", (event) => {
    socket = Boolean(/** @type {CustomEvent} */ (event).detail);
    show();
  }, { signal });
  show();
}
