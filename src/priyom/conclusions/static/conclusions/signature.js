import { Trouble, sign } from "./token.js";

/**
 * The doctor's signature over the formed document: each input with data-hash gets the CMS of that hash, then the
 * form goes. data-thumbprint names the certificate that is printed, data-algorithm the plug-in's constant of the
 * hash, data-said the element that tells what happened.
 * @param {HTMLElement} element the form @param {import("../../../ui/static/ui/app.js").Life} life
 */
export default function signature(element, { signal }) {
  const form = /** @type {HTMLFormElement} */ (element);
  const said = document.getElementById(form.dataset.said ?? "");
  const button = form.querySelector("button");
  const inputs = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("input[data-hash]")]);
  let isSigned = false;

  /** @param {string} words @param {boolean} isBad */
  function say(words, isBad) {
    if (!said) return;
    said.textContent = words;
    said.hidden = false;
    said.className = isBad ? "callout bad" : "second";
  }

  form.addEventListener("submit", async (event) => {
    if (isSigned) return;
    event.preventDefault();
    if (button) button.disabled = true;
    say("Подписываем. Если токен спросит ПИН-код, введите его.", false);
    try {
      for (const input of inputs) {
        const { thumbprint = "", algorithm = "" } = form.dataset;
        input.value = await sign(thumbprint, algorithm, input.dataset.hash ?? "");
      }
      isSigned = true;
      form.requestSubmit();
    } catch (error) {
      say(error instanceof Trouble ? error.message : "Подпись не получилась. Обновите страницу и попробуйте ещё раз.", true);
      if (button) button.disabled = false;
    }
  }, { signal });
  if (button) button.disabled = false; // without this script the form would bring no signature
}
