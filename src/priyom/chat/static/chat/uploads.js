/**
 * Files on their way: kept in the browser until the server has them, so that neither a reload nor a lost
 * network loses a recording. What arrived is told by the event chat:attached {kind, files: [{id, name, …}]}.
 */

export const LIMIT = 50 * 1024 * 1024;
const STORE = "uploads";

/** @typedef {{id: string, consultation: string, kind: string, name: string, blob: Blob}} Upload */

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((done, failed) => {
    const asked = indexedDB.open("priyom-uploads", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id" });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

/** @template T @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest<T>} act @returns {Promise<T>} */
async function withStore(mode, act) {
  const base = await open();
  try {
    return await new Promise((done, failed) => {
      const asked = act(base.transaction(STORE, mode).objectStore(STORE));
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error);
    });
  } finally {
    base.close();
  }
}

/** @param {Upload} upload */
export const keep = (upload) => withStore("readwrite", (store) => store.put(upload)).catch(() => undefined);
/** @param {string} id */
export const forget = (id) => withStore("readwrite", (store) => store.delete(id)).catch(() => undefined);
/** @param {string} consultation @returns {Promise<Upload[]>} what a reload found unsent */
export async function waiting(consultation) {
  /** @type {Upload[]} */
  const all = await withStore("readonly", (store) => store.getAll()).catch(() => []);
  return all.filter((one) => one.consultation === consultation);
}

/** Forget everything, at sign-out. */
export const forgetAll = () => indexedDB.deleteDatabase("priyom-uploads");

/**
 * @param {string} address @param {Upload} upload @param {(share: number) => void} onProgress 0…1
 * @returns {Promise<{id: string, name: string, kind: string}>}
 * @throws {{text: string, again: boolean}} a sentence, and whether sending again can help
 */
export function send(address, upload, onProgress) {
  return new Promise((done, failed) => {
    const form = new FormData();
    form.append("file", upload.blob, upload.name);
    const token = document.querySelector("[name=csrfmiddlewaretoken]");
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", token instanceof HTMLInputElement ? token.value : "");
    request.upload.onprogress = (event) => onProgress(event.lengthComputable ? event.loaded / event.total : 0);
    request.onload = () => {
      if (request.status === 201) return done(request.response);
      const text = request.response?.text ?? "Файл не отправлен: сервер не ответил как надо. Повторите чуть позже.";
      failed({ text, again: request.status >= 500 || request.status === 429 });
    };
    request.onerror = request.ontimeout = () => failed({ text: "Нет сети. Файл сохранён и уйдёт, когда связь вернётся.", again: true });
    request.timeout = 300_000;
    request.send(form);
  });
}
