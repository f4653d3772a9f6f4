import { Trouble, certificates } from "./token.js";

/**
 * «Чем подписать»: lists the certificates of this computer for choosing; the chosen one goes with the form.
 * Elements: [data-certificates-list], [data-certificates-said], [data-certificates-again], an input named certificate.
 * @param {HTMLElement} element the form @param {import("../../../ui/static/ui/app.js").Life} life
 */
export default function certificatesForm(element, { signal }) {
  const form = /** @type {HTMLFormElement} */ (element);
  /** @param {string} name */
  const part = (name) => /** @type {HTMLButtonElement} */ (form.querySelector(`[data-certificates-${name}]`));
  const [list, said, again, go] = [part("list"), part("said"), part("again"), part("go")];

  async function look() {
    go.disabled = true;
    again.hidden = true;
    list.replaceChildren();
    say("Ищем сертификаты…");
    try {
      const found = await certificates();
      list.append(...found.map((one) => choice(one, found.length === 1)));
      say("");
      go.disabled = !form.querySelector("input:checked");
    } catch (error) {
      say(error instanceof Trouble ? error.message : "Список сертификатов не получен. Обновите страницу.", true);
    }
    again.hidden = false;
  }

  /** @param {string} words @param {boolean} [isBad] */
  function say(words, isBad = false) {
    said.textContent = words;
    said.hidden = !words;
    said.className = isBad ? "callout bad" : "second";
  }

  form.addEventListener("change", () => { go.disabled = !form.querySelector("input:checked"); }, { signal });
  again.addEventListener("click", () => { void look(); }, { signal });
  void look();
}

/** @param {import("./token.js").Certificate} one @param {boolean} isOnly @returns {HTMLElement} */
function choice(one, isOnly) {
  const now = new Date();
  const isOver = one.until < now;
  const label = document.createElement("label");
  label.className = "choice";
  const input = document.createElement("input");
  input.type = "radio";
  input.name = "certificate";
  input.value = one.body;
  input.disabled = isOver;
  input.required = true;
  input.checked = isOnly && !isOver;
  const text = document.createElement("span");
  const name = document.createElement("b");
  name.textContent = one.owner || "Сертификат без имени";
  const line = document.createElement("span");
  line.className = "small second";
  const until = one.until.toLocaleDateString("ru-RU");
  line.textContent = isOver ? `${one.issuer} · срок закончился ${until}` : `${one.issuer} · действует до ${until}`;
  text.append(name, document.createElement("br"), line);
  label.append(input, text);
  return label;
}
