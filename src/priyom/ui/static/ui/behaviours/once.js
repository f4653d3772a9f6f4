/**
 * A form is sent once: a second click does nothing while the first is on its way, and the button shows it.
 * When the page comes back from the browser's memory the button works again.
 * @param {HTMLElement} element the form @param {import("../app.js").Life} life
 */
export default function once(element, { signal }) {
  const form = /** @type {HTMLFormElement} */ (element);
  let sending = false;
  const free = () => {
    sending = false;
    form.querySelectorAll("[aria-busy]").forEach((one) => one.removeAttribute("aria-busy"));
  };
  form.addEventListener("submit", (event) => {
    if (sending) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (event.defaultPrevented) return;
    sending = true;
    const button = event.submitter ?? form.querySelector("button:not([type=button])");
    button?.setAttribute("aria-busy", "true");
    window.setTimeout(free, 15000); // a lost answer must not lock the form for ever
  }, { signal });
  window.addEventListener("pageshow", (event) => { if (event.persisted) free(); }, { signal });
  form.addEventListener("ui:free", free, { signal });
}
