import { say } from "../ui/behaviours/toast.js";

/**
 * A template's words go into the form: into empty fields as they are, into others at the end. Then the cursor stands on the
 * first blank («[сколько дней]»), and Tab leads on to the next while there are any.
 * @param {HTMLElement} element holds the buttons @param {import("../../../ui/static/ui/app.js").Life} life
 */
export default function templates(element, { signal }) {
  const form = element.closest("form");
  if (!form) return;
  let leads = false; // Tab stays Tab but for blanks that lie ahead
  const list = element.querySelector("[data-templates]");

  element.addEventListener("toggle", async () => {
    if (!(element instanceof HTMLDetailsElement) || !element.open || !list || list.childElementCount) return;
    const answer = await fetch(element.dataset.source ?? "").catch(() => null);
    if (answer?.ok) list.innerHTML = await answer.text();
    else list.textContent = "Шаблоны не загрузились. Закройте и откройте этот список.";
  }, { signal });

  element.addEventListener("click", (event) => {
    const button = /** @type {Element} */ (event.target).closest("[data-values]");
    if (!(button instanceof HTMLElement)) return;
    /** @type {Record<string, string>} */
    const values = JSON.parse(button.dataset.values ?? "{}");
    for (const [name, words] of Object.entries(values)) {
      const field = form.elements.namedItem(name);
      if (!isText(field)) continue;
      const before = field.value.trimEnd();
      if (before.includes(words)) continue;
      field.value = `${before}${before ? "\n" : ""}${words}`;
      const folded = field.closest("details");
      if (folded) folded.open = true;
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
    say("Шаблон вставлен");
    leads = next(form, null);
    if (!leads) focus(form, Object.keys(values)[0]);
  }, { signal });

  form.addEventListener("keydown", (event) => {
    if (!leads || event.key !== "Tab" || event.shiftKey || event.altKey || event.ctrlKey || !isText(event.target)) return;
    leads = next(form, event.target);
    if (leads) event.preventDefault();
  }, { signal });
}

const BLANK = /\[[^[\]\d\n][^[\]\n]{0,40}\]/g;

/** @param {HTMLInputElement | HTMLTextAreaElement} field @param {number} from @returns {[number, number] | undefined} */
function blank(field, from) {
  const places = [...field.value.matchAll(BLANK)].map((one) => /** @type {[number, number]} */ ([one.index ?? 0, (one.index ?? 0) + one[0].length]));
  return places.find(([start]) => start >= from);
}

/**
 * Select the next blank behind the cursor of `after`, or the first of the form.
 * @param {HTMLFormElement} form @param {HTMLInputElement | HTMLTextAreaElement | null} after @returns {boolean}
 */
function next(form, after) {
  const fields = [...form.elements].filter(isText);
  const rest = after ? fields.slice(fields.indexOf(after)) : fields;
  for (const field of rest) {
    const found = blank(field, field === after ? (after.selectionEnd ?? 0) : 0);
    if (!found) continue;
    field.focus();
    field.setSelectionRange(...found);
    return true;
  }
  return false;
}

/** @param {HTMLFormElement} form @param {string | undefined} name */
function focus(form, name) {
  const field = form.elements.namedItem(name ?? "");
  if (isText(field)) field.focus();
}

/** @param {unknown} field @returns {field is HTMLInputElement | HTMLTextAreaElement} */
function isText(field) {
  return field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && field.type === "text");
}
