/**
 * Ready phrases in the field: «/» at its beginning or after a blank opens the list and what follows filters it; so
 * does the button. Arrows choose, Enter or Tab inserts, Esc closes. The fields come filled from the server.
 */

/** @param {HTMLElement} list the listbox @param {import("../../../ui/static/ui/app.js").Life} life */
export default function phrases(list, { signal }) {
  const form = /** @type {HTMLFormElement} */ (list.closest("form"));
  const field = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("text"));
  const button = /** @type {HTMLElement | null} */ (form.querySelector("[data-chat-phrases]"));
  const said = /** @type {HTMLElement | null} */ (form.querySelector("[data-phrases-said]"));
  /** @type {Promise<void> | null} */
  let coming = null;
  /** Where the words go: from here to the cursor. */
  let from = 0;

  const options = () => /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[role=option]")]);
  const shown = () => options().filter((one) => !one.hidden);
  const load = () => {
    coming ??= fetch(list.dataset.url ?? "", { headers: { Accept: "text/html" }, redirect: "error" })
      .then(async (answer) => { if (!answer.ok) throw new Error(String(answer.status)); list.innerHTML = await answer.text(); })
      .catch(() => { coming = null; });
    return coming;
  };
  /** @param {HTMLElement | undefined} one */
  const choose = (one) => {
    for (const other of options()) other.setAttribute("aria-selected", String(other === one));
    if (one) field.setAttribute("aria-activedescendant", one.id);
    else field.removeAttribute("aria-activedescendant");
    one?.scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    list.hidden = true;
    button?.setAttribute("aria-expanded", "false");
    choose(undefined);
  };
  /** @param {string} text */
  const open = async (text) => {
    await load();
    const wanted = text.toLowerCase().replaceAll("ё", "е");
    for (const one of options()) one.hidden = !(one.textContent ?? "").toLowerCase().replaceAll("ё", "е").includes(wanted);
    const found = shown();
    list.hidden = !found.length;
    button?.setAttribute("aria-expanded", String(!list.hidden));
    if (said) said.textContent = found.length ? `Фраз: ${found.length}. Стрелки выбирают, Enter вставляет.` : "Такой фразы нет.";
    choose(found[0]);
  };
  /** @param {HTMLElement | undefined} one */
  const insert = (one) => {
    if (!one) return;
    field.setRangeText(one.dataset.words ?? "", from, field.selectionStart, "end");
    close();
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  field.addEventListener("input", () => {
    const before = field.value.slice(0, field.selectionStart);
    const slash = /(?:^|\s)\/([^\s/]{0,30})$/.exec(before);
    if (!slash) return close();
    from = before.length - slash[1].length - 1;
    open(slash[1]);
  }, { signal });
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const all = shown();
    const at = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") choose(all.at((at + (event.key === "ArrowDown" ? 1 : -1)) % all.length));
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) insert(all[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, { signal, capture: true });
  field.addEventListener("blur", () => { window.setTimeout(() => { if (document.activeElement !== field) close(); }, 200); }, { signal });
  button?.addEventListener("click", () => {
    if (!list.hidden) return close();
    from = field.selectionStart;
    field.focus();
    open("").then(() => { if (!options().length && said) said.textContent = ""; });
  }, { signal });
  list.addEventListener("pointerdown", (event) => event.preventDefault(), { signal }); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const one = /** @type {HTMLElement} */ (event.target).closest("[role=option]");
    if (one instanceof HTMLElement) insert(one);
  }, { signal });
}
