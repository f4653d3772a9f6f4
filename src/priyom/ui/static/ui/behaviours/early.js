/**
 * What was typed into a searching field before the scripts came is no less meant: it is searched for at once, as if
 * the person had asked for it. For fields whose search htmx does (hx-trigger has «search»).
 * @param {HTMLElement} element the field @param {import("../app.js").Life} life
 */
export default function early(element, { signal }) {
  const field = /** @type {HTMLInputElement} */ (element);
  const ask = () => {
    if (field.value !== field.defaultValue) field.dispatchEvent(new Event("search", { bubbles: true }));
  };
  if (document.readyState === "complete") ask();
  else window.addEventListener("load", ask, { signal, once: true });
}
