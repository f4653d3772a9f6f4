/**
 * Files on their way, kept in the browser until their message is written, so that neither a reload nor a lost
 * network loses anything: the bytes, how far the server is, what is finished, and which message they go with.
 */

export const LIMIT = 500 * 1024 * 1024;
export const PER_MESSAGE = 20; // as wire.FILES_LIMIT has it
const STORE = "uploads";

/**
 * @typedef {{id: string, name: string, kind: string}} Attached
 * @typedef {{id: string, parcel: string, place: number, address: string, kind: string, name: string, blob: Blob,
 *   url?: string, file?: Attached}} Upload `parcel` is the key of the message, `place` the order in it
 */

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
      const work = base.transaction(STORE, mode, { durability: "strict" });
      const asked = act(work.objectStore(STORE));
      work.oncomplete = () => done(asked.result);
      work.onabort = () => failed(work.error);
    });
  } finally {
    base.close();
  }
}

/** Without room in the browser the file still goes, only a reload forgets it. @param {Upload} upload */
export const keep = (upload) => withStore("readwrite", (store) => store.put(upload)).catch(() => undefined);
/** @param {string} id */
export const forget = (id) => withStore("readwrite", (store) => store.delete(id)).catch(() => undefined);
/** @param {string} address @returns {Promise<Upload[][]>} what a reload found unsent, message by message, in order */
export async function waiting(address) {
  /** @type {Upload[]} */
  const all = await withStore("readonly", (store) => store.getAll()).catch(() => []);
  /** @type {Map<string, Upload[]>} */
  const parcels = new Map();
  for (const one of all.filter((each) => each.address === address).sort((a, b) => a.place - b.place)) {
    parcels.set(one.parcel, [...(parcels.get(one.parcel) ?? []), one]);
  }
  return [...parcels.values()].sort((a, b) => a[0].place - b[0].place);
}

let last = 0;
/** @returns {number} a place behind every earlier one, in this page and after a reload */
export function nextPlace() {
  last = Math.max(last + 1, Date.now());
  return last;
}
