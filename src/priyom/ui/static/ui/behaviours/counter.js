/**
 * Says how many characters are left when it begins to matter; the place is #<id>-count.
 * @param {HTMLElement} element the field with maxlength @param {import("../app.js").Life} life
 */
export default function counter(element, { signal }) {
  const field = /** @type {HTMLTextAreaElement} */ (element);
  const place = document.getElementById(`${field.id}-count`);
  const limit = field.maxLength;
  if (!place || limit <= 0) return;
  const show = () => {
    const left = limit - field.value.length;
    place.textContent = left <= Math.max(40, limit / 5) ? `Осталось ${left} из ${limit}` : "";
  };
  field.addEventListener("input", show, { signal });
  show();
}
