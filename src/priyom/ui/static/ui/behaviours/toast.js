/**
 * A toast goes by itself after data-seconds (8), not while it is pointed at or holds the focus.
 * @param {HTMLElement} element @param {import("../app.js").Life} life
 */
export default function toast(element, { signal }) {
  let timer = 0;
  const start = () => { timer = window.setTimeout(() => element.remove(), Number(element.dataset.seconds ?? 8) * 1000); };
  const stop = () => clearTimeout(timer);
  for (const name of ["pointerenter", "focusin"]) element.addEventListener(name, stop, { signal });
  for (const name of ["pointerleave", "focusout"]) element.addEventListener(name, start, { signal });
  signal.addEventListener("abort", stop);
  start();
}

/** Say something low on the screen, for other modules. @param {string} text */
export function say(text) {
  const place = document.getElementById("live");
  const element = document.createElement("p");
  element.className = "toast";
  element.dataset.behaviour = "toast";
  element.textContent = text;
  place?.append(element);
}
