import { say } from "../ui/behaviours/toast.js";

/**
 * A message of the chat falls into a field by the menu of the message: each field with data-into is one of its items.
 * The hidden field keeps which entries were taken («complaints:12»), links below the field lead back to them.
 * @param {HTMLElement} element holds the fields @param {import("../../../ui/static/ui/app.js").Life} life
 */
export default function sources(element, { signal }) {
  const kept = /** @type {HTMLInputElement | null} */ (element.querySelector("input[name=sources]"));
  const menu = document.querySelector("[data-chat-menu]");
  if (!kept || !menu) return;
  const fields = /** @type {HTMLTextAreaElement[]} */ ([...element.querySelectorAll("textarea[data-into]")]);
  const items = fields.map((field) => {
    const item = document.createElement("button");
    item.type = "button";
    item.setAttribute("role", "menuitem");
    item.dataset.chatAct = `take:${field.name}`;
    item.textContent = field.dataset.into ?? "";
    return item;
  });
  menu.append(...items);
  signal.addEventListener("abort", () => { for (const item of items) item.remove(); });

  document.addEventListener("chat:take", (event) => {
    const { act, seq, at, words } = /** @type {CustomEvent} */ (event).detail;
    const field = fields.find((one) => act === `take:${one.name}`);
    if (!field) return;
    const source = `${field.name}:${seq}`;
    if (kept.value.split(" ").includes(source)) return field.focus();
    kept.value = `${kept.value} ${source}`.trim();
    const before = field.value.trimEnd();
    field.value = `${before}${before ? "\n" : ""}${words}`;
    const link = document.createElement("a");
    link.href = `#m${seq}`;
    link.textContent = `из чата, ${at}`;
    element.querySelector(`[data-sources="${field.name}"]`)?.append(link, " ");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
    say("Добавлено в заключение");
  }, { signal });
}
