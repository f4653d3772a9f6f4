/**
 * Search over the open talk: the server finds, the list shows day and words, a choice jumps into its part with the
 * found words lit; the arrows and Enter lead from one to the next, Esc closes.
 */

const PAUSE = 350;

/** @param {HTMLElement} element the form @param {import("../../../ui/static/ui/app.js").Life} life */
export default function search(element, { signal }) {
  const form = /** @type {HTMLFormElement} */ (element);
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("q"));
  const list = /** @type {HTMLElement} */ (form.querySelector("[data-search-hits]"));
  const count = /** @type {HTMLElement} */ (form.querySelector("[data-search-count]"));
  const steps = /** @type {NodeListOf<HTMLButtonElement>} */ (form.querySelectorAll("[data-search-step]"));
  const opener = document.querySelector("[data-chat-search]");
  let asked = "";
  let at = -1;
  let timer = 0;

  const hits = () => /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[data-chat-hit]")]);
  const tell = () => {
    const all = hits().length;
    count.textContent = !asked ? "" : !all ? "нет" : at < 0 ? String(all) : `${at + 1} из ${all}`;
    for (const one of steps) one.disabled = !all;
  };
  const find = async () => {
    window.clearTimeout(timer);
    const text = field.value.trim();
    if (text === asked) return;
    asked = text;
    at = -1;
    list.replaceChildren();
    light([], null);
    if (text) {
      const answer = await fetch(`${form.action}?part=1&q=${encodeURIComponent(text)}`, { headers: { Accept: "text/html" }, redirect: "error" }).catch(() => null);
      if (text !== asked) return;
      if (answer?.ok) list.innerHTML = await answer.text();
      else list.textContent = "Поиск не ответил. Проверьте связь и нажмите Enter ещё раз.";
      if (!answer?.ok) asked = "";
    }
    list.hidden = !text;
    tell();
  };
  /** @param {number} index */
  const go = (index) => {
    const all = hits();
    if (!all.length) return;
    at = (index + all.length) % all.length;
    all.forEach((one, n) => one.toggleAttribute("aria-current", n === at));
    const hit = all[at];
    list.hidden = true;
    tell();
    const found = [...hit.querySelectorAll("mark")].map((one) => one.textContent ?? "");
    /** @param {HTMLElement | null} line */
    const done = (line) => light(found, line);
    document.dispatchEvent(new CustomEvent("chat:to", { detail: { seq: Number(hit.dataset.chatHit), done } }));
  };
  const close = () => {
    form.hidden = true;
    light([], null);
    if (opener instanceof HTMLElement) opener.focus();
  };

  opener?.addEventListener("click", (event) => {
    event.preventDefault();
    form.hidden = false;
    field.focus();
    field.select();
  }, { signal });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await find();
    go(at + 1);
  }, { signal });
  field.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(find, PAUSE);
  }, { signal });
  field.addEventListener("focus", () => { list.hidden = !hits().length; }, { signal });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    close();
  }, { signal });
  form.addEventListener("click", (event) => {
    const { target } = event;
    if (!(target instanceof HTMLElement || target instanceof SVGElement)) return;
    const hit = target.closest("[data-chat-hit]");
    const step = target.closest("[data-search-step]");
    if (hit instanceof HTMLElement) {
      event.preventDefault();
      go(hits().indexOf(hit));
    } else if (step instanceof HTMLElement) go(at + Number(step.dataset.searchStep));
    else if (target.closest("[data-search-close]")) close();
  }, { signal });
}

/** Light the found words in a line without touching its markup. @param {string[]} found @param {HTMLElement | null} line */
function light(found, line) {
  if (!("highlights" in CSS)) return;
  CSS.highlights.delete("chat-found");
  const text = line?.querySelector(".bubble-text");
  if (!text) return;
  const ranges = [];
  const walk = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    for (const word of new Set(found.filter(Boolean))) {
      const body = node.textContent ?? "";
      for (let from = body.indexOf(word); from >= 0; from = body.indexOf(word, from + word.length)) {
        const range = new Range();
        range.setStart(node, from);
        range.setEnd(node, from + word.length);
        ranges.push(range);
      }
    }
  }
  CSS.highlights.set("chat-found", new Highlight(...ranges));
}
