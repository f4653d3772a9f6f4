/**
 * A list of diagnoses under the field: arrows choose, Enter takes, Escape closes, any other text stays as typed;
 * an empty field offers one's own ones. With data-into each one taken becomes a line of that field. data-source is the address that answers with the options, and
 * data-favour the one that keeps a favourite; the button [data-star] stands for the code that was taken.
 * Without script the field is plain text.
 * @param {HTMLElement} element holds the input @param {import("../../../ui/static/ui/app.js").Life} life
 */
export default function icd10(element, { signal }) {
  const input = element.querySelector("input");
  if (!input) return;
  const into = document.getElementById(element.dataset.into ?? "");
  const list = document.createElement("ul");
  list.className = "combo-list";
  list.id = `${input.id || element.dataset.into}-list`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Подходящие диагнозы");
  (input.closest(".combo") ?? element).append(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  let at = -1;
  let timer = 0;
  let asked = 0;
  const star = /** @type {HTMLButtonElement | null} */ (element.querySelector("[data-star]"));
  let taken = "";

  /** @param {string} code @param {boolean} favourite */
  const show = (code, favourite) => {
    taken = code;
    if (!star) return;
    star.hidden = !code;
    star.setAttribute("aria-pressed", String(favourite));
    star.setAttribute("aria-label", `${code} в избранном`);
  };
  const options = () => /** @type {HTMLElement[]} */ ([...list.children]);
  const close = () => {
    list.hidden = true;
    list.replaceChildren();
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
    const line = option.dataset.line ?? "";
    close();
    if (into instanceof HTMLTextAreaElement) {
      input.value = "";
      into.value = [into.value.trimEnd(), line].filter(Boolean).join("\n");
      into.dispatchEvent(new Event("input", { bubbles: true }));
      return;
    }
    input.value = line;
    show(option.dataset.code ?? "", "favourite" in option.dataset);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    clearTimeout(timer);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const ask = async () => {
    const mine = ++asked;
    const typed = input.value.trim();
    if (!taken || !typed.startsWith(taken)) show("", false);
    const address = `${element.dataset.source}?q=${encodeURIComponent(typed)}`;
    const answer = await fetch(address, { signal }).catch(() => null);
    if (!answer?.ok || mine !== asked || document.activeElement !== input) return;
    list.innerHTML = await answer.text(); // our own template, escaped there
    options().forEach((one, place) => { one.id = `${list.id}-${place}`; });
    at = -1;
    list.hidden = !list.children.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
  };

  star?.addEventListener("click", async () => {
    const wanted = star.getAttribute("aria-pressed") !== "true";
    const token = /** @type {HTMLInputElement} */ (input.form?.elements.namedItem("csrfmiddlewaretoken"));
    const body = new URLSearchParams({ code: taken, wanted: wanted ? "1" : "0", csrfmiddlewaretoken: token.value });
    const answer = await fetch(element.dataset.favour ?? "", { method: "POST", body }).catch(() => null);
    if (answer?.ok) show(taken, wanted);
  }, { signal });

  input.addEventListener("focus", () => { if (!input.value.trim()) ask(); }, { signal });
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
