/**
 * A ready phrase is added at the end of its field, on a line of its own, and the cursor waits behind it.
 * @param {HTMLElement} element holds the buttons @param {import("../../../ui/static/ui/app.js").Life} life
 */
export default function phrases(element, { signal }) {
  const field = document.getElementById(element.dataset.target ?? "");
  if (!(field instanceof HTMLTextAreaElement)) return;
  element.addEventListener("click", (event) => {
    const button = /** @type {Element} */ (event.target).closest("button");
    if (!button) return;
    const before = field.value.trimEnd();
    field.value = `${before}${before ? "\n" : ""}${button.dataset.words ?? ""}`;
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }, { signal });
}
