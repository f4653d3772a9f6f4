/**
 * The warning that treatment is not corrected from afar goes when the in-person visit is named; a link opens the part.
 * @param {HTMLElement} element the details @param {import("../../../ui/static/ui/app.js").Life} life
 */
export default function visit(element, { signal }) {
  const form = element.closest("form");
  const date = element.querySelector("input[type=date]");
  if (!form || !(date instanceof HTMLInputElement)) return;
  const show = () => {
    for (const one of form.querySelectorAll("[data-visit=absent]")) /** @type {HTMLElement} */ (one).hidden = date.value !== "";
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
