/**
 * A list of diagnoses under the field: arrows choose, Enter takes, Escape closes, any other text stays as typed.
 * data-source is the address that answers with the options. Without script the field is plain text.
 * @param {HTMLElement} element holds the input @param {import("../../../ui/static/ui/app.js").Life} life
 */
export default function icd10(element, { signal }) {
  const input = element.querySelector("input");
  if (!input) return;
  const list = document.createElement("ul");
  list.className = "combo-list";
  list.id = `${input.id}-list`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Подходящие диагнозы");
  element.append(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  let at = -1;
  let timer = 0;
  let asked = 0;

  const options = () => /** @type {HTMLElement[]} */ ([...list.children]);
  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  /** @param {number} place */
  const choose = (place) => {
    const all = options();
    if (!all.length) return;
    at = (place + all.length) % all.length;
    all.forEach((one, index) => one.setAttribute("aria-selected", String(index === at)));
    all[at].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", all[at].id);
  };
  /** @param {HTMLElement} option */
  const take = (option) => {
    input.value = option.dataset.line ?? "";
    close();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    clearTimeout(timer);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const ask = async () => {
    const mine = ++asked;
    const typed = input.value.trim();
    if (!typed) return close();
    const address = `${element.dataset.source}?q=${encodeURIComponent(typed)}`;
    const answer = await fetch(address, { signal }).catch(() => null);
    if (!answer?.ok || mine !== asked || document.activeElement !== input) return;
    list.innerHTML = await answer.text(); // our own template, escaped there
    at = -1;
    list.hidden = !list.children.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(ask, 150);
  }, { signal });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") choose(at + 1);
    else if (event.key === "ArrowUp") choose(at < 0 ? -1 : at - 1);
    else if (event.key === "Enter" && at >= 0) take(options()[at]);
    else if (event.key === "Escape") { close(); event.stopPropagation(); }
    else return;
    event.preventDefault();
  }, { signal });
  input.addEventListener("blur", () => window.setTimeout(close, 150), { signal });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the field keeps the focus
    const option = /** @type {HTMLElement} */ (event.target).closest("li");
    if (option) take(option);
  }, { signal });
}
