/**
 * Files into the chat: chosen, photographed, pasted or dropped; any number in one go, in their order; pictures go
 * together (grouping.js). Other modules hand over recordings by the event chat:upload {kind, name, blob, kept}: kept() is called
 * once the file is safe here.
 */
import { coached } from "./coach.js";
import { grouped } from "./grouping.js";
import { Parcel } from "./parcel.js";
import { line, tooBig } from "./queue.js";
import { keep, LIMIT, nextPlace, waiting } from "./uploads.js";

/** @param {HTMLElement} part a form part with an <input type=file>, data-upload @param {{signal: AbortSignal}} life */
export default async function attach(part, { signal }) {
  const { upload: address = "" } = part.dataset;
  const form = /** @type {HTMLElement} */ (part.closest("form"));
  let queue = Promise.resolve();

  /** @param {import("./uploads.js").Upload[]} uploads of one message */
  const go = (uploads) => {
    /** @type {Parcel} */
    const parcel = new Parcel(uploads, signal, (upload) => line(upload, () => parcel.drop(upload)));
    queue = queue.then(() => parcel.run()).catch(() => undefined);
  };

  /** @param {string} kind @param {{blob: Blob, name: string}[]} all @param {() => void} [kept] */
  const take = async (kind, all, kept) => {
    for (const { name } of all.filter(({ blob }) => blob.size > LIMIT)) tooBig(name);
    const files = all.filter(({ blob }) => blob.size <= LIMIT);
    const parcels = grouped(files).map((message) => {
      const parcel = crypto.randomUUID();
      return message.map(({ blob, name }) => ({ id: crypto.randomUUID(), parcel, place: nextPlace(), address, kind, name, blob }));
    });
    await Promise.all(parcels.flat().map(keep));
    parcels.forEach(go);
    kept?.();
  };

  /** @param {Iterable<File>} files */
  const chosen = async (files) => {
    const good = await coached([...files]);
    await take("file", good.map((blob) => ({ blob, name: blob.name })));
  };

  for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("input[type=file]"))) {
    input.addEventListener("change", () => {
      const files = [...(input.files ?? [])];
      input.value = "";
      chosen(files);
    }, { signal });
  }
  document.addEventListener("paste", (event) => {
    const { clipboardData: data } = event;
    // A table from a document comes as words and as a picture: the words are meant.
    if (!data?.files.length || data.types.includes("text/plain")) return;
    event.preventDefault();
    chosen(data.files);
  }, { signal });
  dropping(form, chosen, signal);
  document.addEventListener("chat:upload", (event) => {
    const { kind, blob, name, kept } = /** @type {CustomEvent} */ (event).detail;
    take(kind, [{ blob, name }], kept);
  }, { signal });
  for (const left of await waiting(address)) go(left);
}

/** @param {HTMLElement} form @param {(files: Iterable<File>) => void} chosen @param {AbortSignal} signal */
function dropping(form, chosen, signal) {
  const over = document.querySelector("[data-chat-drop]");
  /** @param {boolean} shows */
  const show = (shows) => { if (over instanceof HTMLElement) over.hidden = !shows; };
  /** @param {DragEvent} event */
  const hasFiles = (event) => Boolean(event.dataTransfer?.types.includes("Files"));
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    show(form.isConnected);
  }, { signal });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) show(false); }, { signal });
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault(); // or the browser would leave the page for the file
    show(false);
    chosen(event.dataTransfer?.files ?? []);
  }, { signal });
}
