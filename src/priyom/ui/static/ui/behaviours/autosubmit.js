/**
 * Sends a form when a choice changes, or a little after typing stops (data-delay, ms; 300 by default).
 * Without script the form keeps its button: mark it class="no-script".
 * @param {HTMLElement} element the form @param {import("../app.js").Life} life
 */
export default function autosubmit(element, { signal }) {
  const form = /** @type {HTMLFormElement} */ (element);
  let timer = 0;
  const send = () => form.requestSubmit();
  form.addEventListener("change", (event) => {
    const target = /** @type {HTMLInputElement} */ (event.target);
    if (target.matches("select, [type=radio], [type=checkbox], [type=date]")) send();
  }, { signal });
  form.addEventListener("input", (event) => {
    const target = /** @type {HTMLInputElement} */ (event.target);
    if (!target.matches("[type=search], [data-live]")) return;
    clearTimeout(timer);
    timer = window.setTimeout(send, Number(form.dataset.delay ?? 300));
  }, { signal });
  // What was typed before this script came is no less meant.
  const fields = /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("input[type=search], input[data-live]"));
  if ([...fields].some((one) => one.value !== one.defaultValue)) timer = window.setTimeout(send, 0);
  signal.addEventListener("abort", () => clearTimeout(timer));
}
