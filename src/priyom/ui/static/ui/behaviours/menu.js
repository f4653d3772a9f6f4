/**
 * A <details> menu closes by Esc, by a click beside it and when the focus leaves it.
 * @param {HTMLElement} element the details @param {import("../app.js").Life} life
 */
export default function menu(element, { signal }) {
  const box = /** @type {HTMLDetailsElement} */ (element);
  const close = () => { box.open = false; };
  document.addEventListener("click", (event) => {
    if (box.open && !box.contains(/** @type {Node} */ (event.target))) close();
  }, { signal });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !box.open) return;
    event.preventDefault();
    close();
    box.querySelector("summary")?.focus();
  }, { signal });
  box.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !box.contains(/** @type {Node} */ (event.relatedTarget))) close();
  }, { signal });
}
