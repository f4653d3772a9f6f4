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
  if (field.dataset.htmxPowered) ask();
  else field.addEventListener("htmx:after:init", ask, { signal, once: true }); // it starts when it comes, even after «load»
}
