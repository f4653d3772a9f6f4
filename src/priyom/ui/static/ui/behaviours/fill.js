/**
 * <button data-behaviour="fill" data-fill="mail" data-value="anna@gmail.com"> puts the value into the field with that id.
 * @param {HTMLElement} element @param {import("../app.js").Life} life
 */
export default function fill(element, { signal }) {
  element.addEventListener("click", () => {
    const field = document.getElementById(element.dataset.fill ?? "");
    if (!(field instanceof HTMLInputElement)) return;
    field.value = element.dataset.value ?? "";
    for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
    field.focus();
  }, { signal });
}
