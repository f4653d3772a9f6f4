/**
 * Where one writes: Enter sends at a desk (Shift+Enter a new line), Ctrl+Enter everywhere; the microphone turns
 * into «Отправить» with the first letter. The message that is answered stands above the field: Ctrl+↑ and Ctrl+↓
 * choose it, Esc takes it away. Without the talk's script the form posts as it is.
 */
import { answering } from "./answering.js";

/** @param {HTMLElement} element the form @param {{signal: AbortSignal}} life */
export default function composer(element, { signal }) {
  const form = /** @type {HTMLFormElement} */ (element);
  const field = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("text"));
  const send = /** @type {HTMLElement} */ (form.querySelector("[data-composer-send]"));
  const others = /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-composer-empty]"));
  const isDesk = Boolean(form.dataset.desktop) || window.matchMedia("(hover: hover) and (pointer: fine)").matches;

  const look = () => {
    const empty = !field.value.trim();
    send.hidden = empty && others.length > 0;
    for (const one of others) one.hidden = !empty;
  };
  const answer = answering(form, field, signal);
  const clear = () => {
    field.value = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    form.dispatchEvent(new CustomEvent("keep:forget"));
    answer.forget();
    look();
    field.focus();
  };

  form.addEventListener("submit", (event) => {
    const body = field.value.trim();
    if (!body) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    const said = new CustomEvent("chat:say", { cancelable: true, detail: { body, refers: answer.seq } });
    if (document.dispatchEvent(said)) return answer.leaves(); // nobody took it: the form itself goes to the server
    event.preventDefault();
    event.stopImmediatePropagation();
    clear();
  }, { signal });

  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229 || event.shiftKey) return;
    if (!isDesk && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    form.requestSubmit();
  }, { signal });
  field.addEventListener("input", () => {
    look();
    if (field.value) document.dispatchEvent(new CustomEvent("chat:typing"));
  }, { signal });
  look();
}
