/**
 * Keys of the desk. `/` → [data-key="/"] (search); arrows and Enter → links of [data-key-list]; 1–9 → slots not taken;
 * Ctrl+Enter → [data-key="Ctrl+Enter"], else the form around the focus; Esc → leaves the field, then [data-key="Esc"];
 * ? → #keys-help, with the keys of this very page; any other single letter → [data-key="N"]; one on a <summary> opens
 * it and leads into its first field. Shown keys are the <kbd> beside the words.
 * Letters are read by their place, so they work in the Russian layout too.
 * @param {HTMLElement} element the body @param {import("../app.js").Life} life
 */
export default function keys(element, { signal }) {
  element.ownerDocument.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.altKey || event.metaKey) return;
    if (document.querySelector("dialog[open]")) return;
    if (handle(event)) event.preventDefault();
  }, { signal });
}

/** @param {KeyboardEvent} event */
function handle(event) {
  const target = event.target instanceof HTMLElement ? event.target : document.body;
  const typing = target.matches("input:not([type=radio], [type=checkbox], [type=button]), textarea, select, [contenteditable]");
  if (event.ctrlKey) return event.code === "Enter" ? press("Ctrl+Enter") || submit(target) : letter(event, "Ctrl+");
  if (event.key === "Escape") return leave(target, typing);
  if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !target.matches("[type=radio]") && (!typing || target.closest("[data-key-search]"))) {
    return move(target, event.key === "ArrowDown" ? 1 : -1);
  }
  if (typing) return false;
  if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) return help();
  if (event.key === "/" || event.code === "Slash") return press("/");
  if (/^Digit[1-9]$/.test(event.code) && !event.shiftKey) return slot(Number(event.code.slice(5)));
  return letter(event, "");
}

/** @param {KeyboardEvent} event @param {string} prefix */
function letter(event, prefix) {
  return /^Key[A-Z]$/.test(event.code) && press(prefix + event.code.slice(3));
}

/** @param {string} key */
function press(key) {
  const found = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((one) =>
    one instanceof HTMLElement && one.checkVisibility() && !one.matches(":disabled"));
  if (!(found instanceof HTMLElement)) return false;
  if (found.matches("[type=checkbox], [type=radio]")) {
    found.focus();
    found.click();
  } else if (found.matches("input, textarea, select")) {
    found.focus();
    if (found instanceof HTMLInputElement) found.select();
  } else if (found.tagName === "SUMMARY") unfold(found);
  else found.click();
  return true;
}

/** @param {HTMLElement} summary */
function unfold(summary) {
  const box = /** @type {HTMLDetailsElement} */ (summary.parentElement);
  box.open = true;
  const field = box.querySelector("input:not([type=hidden]), textarea, select");
  if (field instanceof HTMLElement) field.focus();
}

/** @param {HTMLElement} target */
function submit(target) {
  const form = target.closest("form");
  form?.requestSubmit();
  return Boolean(form);
}

/** @param {HTMLElement} target @param {boolean} typing */
function leave(target, typing) {
  if (typing) {
    target.blur();
    return true;
  }
  return press("Esc");
}

/** @param {number} number */
function slot(number) {
  const free = [...document.querySelectorAll(".slot:not(:disabled, [aria-disabled=true])")];
  const chosen = free.filter((one) => !one.querySelector("input:disabled"))[number - 1];
  if (chosen instanceof HTMLElement) chosen.click();
  return Boolean(chosen);
}

/** @param {HTMLElement} target @param {number} step */
function move(target, step) {
  const list = target.closest("[data-key-list]") ?? document.querySelector("[data-key-list]");
  const links = [...(list?.querySelectorAll("a.row, button.row, [data-row]") ?? [])];
  if (!links.length) return false;
  const at = links.indexOf(/** @type {Element} */ (target.closest("a.row, button.row, [data-row]")));
  const start = links.findIndex((one) => one.hasAttribute("aria-current"));
  const next = at >= 0 ? at + step : start >= 0 ? start + step : step > 0 ? 0 : links.length - 1;
  const link = links[Math.max(0, Math.min(links.length - 1, next))];
  if (link instanceof HTMLElement) link.focus();
  return true;
}

function help() {
  const box = document.getElementById("keys-help");
  if (!(box instanceof HTMLDialogElement)) return false;
  const list = box.querySelector("dl");
  list?.querySelectorAll("[data-own]").forEach((one) => one.remove());
  const said = new Set([...box.querySelectorAll("dt kbd")].map((one) => one.textContent));
  for (const [key, words] of own()) {
    if (said.has(key)) continue;
    const [term, about] = [document.createElement("dt"), document.createElement("dd")];
    term.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    about.textContent = words;
    for (const one of [term, about]) one.dataset.own = "";
    list?.append(term, about);
  }
  box.showModal();
  return true;
}

/** The keys of this page with the words on their buttons. @returns {Map<string, string>} */
function own() {
  const keys = new Map();
  for (const one of document.querySelectorAll("[data-key]")) {
    if (!(one instanceof HTMLElement) || !one.checkVisibility() || keys.has(one.dataset.key)) continue;
    const words = one.getAttribute("aria-label") ?? [...one.childNodes].filter((part) => part.nodeName !== "KBD").map((part) => part.textContent).join("");
    keys.set(one.dataset.key, words.replace(/…$/, "").trim());
  }
  return keys;
}
