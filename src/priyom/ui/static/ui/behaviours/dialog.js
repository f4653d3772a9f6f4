/**
 * <button data-behaviour="dialog" aria-controls="id"> opens that <dialog>; without script it is a link to a page:
 * <a href="/…" data-behaviour="dialog" aria-controls="id">. A click beside the dialog closes it, typed text stays.
 * @param {HTMLElement} element @param {import("../app.js").Life} life
 */
export default function dialog(element, { signal }) {
  const box = document.getElementById(element.getAttribute("aria-controls") ?? "");
  if (!(box instanceof HTMLDialogElement)) return;
  element.setAttribute("aria-haspopup", "dialog");
  element.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    box.showModal();
  }, { signal });
  box.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (target === box || target.closest("[data-close]")) box.close();
  }, { signal });
  box.addEventListener("close", () => element.focus(), { signal });
}
