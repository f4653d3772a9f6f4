/**
 * The warning that treatment is not corrected from afar gives way to the field for it when the in-person visit is named;
 * a link opens the part.
 * @param {HTMLElement} element the details @param {import("../../../ui/static/ui/app.js").Life} life
 */
export default function visit(element, { signal }) {
  const form = element.closest("form");
  const date = element.querySelector("input[type=date]");
  if (!form || !(date instanceof HTMLInputElement)) return;
  const show = () => {
    for (const one of form.querySelectorAll("[data-visit]")) {
      const part = /** @type {HTMLElement} */ (one);
      const typed = part.querySelector("textarea")?.value; // what was typed never goes out of sight
      part.hidden = !typed && (part.dataset.visit === "absent") === (date.value !== "");
    }
  };
  date.addEventListener("input", show, { signal });
  form.addEventListener("click", (event) => {
    const link = /** @type {Element} */ (event.target).closest(`a[href="#${element.id}"]`);
    if (!link || !(element instanceof HTMLDetailsElement)) return;
    event.preventDefault();
    element.open = true;
    date.focus();
  }, { signal });
  show();
}
