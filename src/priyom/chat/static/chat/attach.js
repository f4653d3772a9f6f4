/**
 * The paper clip: several files at once, each with its progress, reasons in words, «Повторить» where it helps.
 * Other modules hand over recordings by the event chat:upload {kind, name, blob, kept}: kept() is called once the file is safe here.
 */
import { coached } from "./coach.js";
import { forget, keep, LIMIT, send, waiting } from "./uploads.js";

/** @param {HTMLElement} part a form part with an <input type=file>, data-upload, data-consultation @param {{signal: AbortSignal}} life */
export default async function attach(part, { signal }) {
  const { upload: address = "", consultation = "" } = part.dataset;
  const list = document.querySelector("[data-chat-queue]");
  const input = /** @type {HTMLInputElement} */ (part.querySelector("input[type=file]"));

  /** @param {import("./uploads.js").Upload} upload */
  const go = async (upload) => {
    const row = document.createElement("li");
    const words = document.createElement("span");
    const bar = document.createElement("progress");
    bar.max = 1;
    words.textContent = `Отправляем: ${upload.name}`;
    row.append(words, bar);
    list?.append(row);
    const attempt = async () => {
      try {
        const file = await send(address, upload, (share) => { bar.value = share; });
        document.dispatchEvent(new CustomEvent("chat:attached", { detail: { kind: upload.kind, files: [file], key: upload.id } }));
        await forget(upload.id);
        row.remove();
      } catch (error) {
        const { text, again } = /** @type {{text: string, again: boolean}} */ (error);
        words.textContent = `${upload.name}: ${text}`;
        bar.remove();
        row.append(...buttons(again));
      }
    };
    /** @param {boolean} again */
    const buttons = (again) => {
      const drop = button("Убрать", async () => { await forget(upload.id); row.remove(); });
      if (!again) return [drop];
      const repeat = () => { row.querySelectorAll("button").forEach((one) => one.remove()); row.append(bar); attempt(); };
      window.addEventListener("online", repeat, { once: true, signal });
      return [button("Повторить", repeat), drop];
    };
    await attempt();
  };

  /** @param {string} kind @param {Blob} blob @param {string} name @param {() => void} [kept] */
  const take = async (kind, blob, name, kept) => {
    if (blob.size > LIMIT) {
      const row = document.createElement("li");
      row.append(`${name}: больше 50 МБ. Снимите короче или выберите другой. `, button("Убрать", () => row.remove()));
      return void list?.append(row);
    }
    const one = { id: crypto.randomUUID(), consultation, kind, name, blob };
    await keep(one);
    kept?.();
    await go(one);
  };

  input.addEventListener("change", async () => {
    const files = [...(input.files ?? [])];
    input.value = "";
    for (const file of await coached(files)) await take("file", file, file.name);
  }, { signal });
  document.addEventListener("chat:upload", (event) => {
    const { kind, blob, name, kept } = /** @type {CustomEvent} */ (event).detail;
    take(kind, blob, name, kept);
  }, { signal });
  for (const left of await waiting(consultation)) go(left);
}

/** @param {string} words @param {() => void} act */
function button(words, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "link";
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}
