/**
 * Recordings under way, kept in the browser piece by piece: a crash, a reload or an empty battery loses half a second.
 * A tape that a page is recording now is held by a lock, so that another tab does not offer it as left behind.
 */

const NAME = "priyom-recordings";
/** @typedef {{id: string, consultation: string, account: string, kind: "voice" | "video", type: string, at: number, seconds: number}} Tape */

/** @template T @param {(tapes: IDBObjectStore, pieces: IDBObjectStore) => IDBRequest<T>} act @returns {Promise<T>} what the request gave, once it is on disk */
function store(act) {
  return new Promise((done, failed) => {
    const opened = indexedDB.open(NAME, 1);
    opened.onupgradeneeded = () => {
      opened.result.createObjectStore("tapes", { keyPath: "id" });
      opened.result.createObjectStore("pieces", { keyPath: ["tape", "n"] });
    };
    opened.onerror = () => failed(opened.error);
    opened.onsuccess = () => {
      const base = opened.result;
      const work = base.transaction(["tapes", "pieces"], "readwrite", { durability: "strict" });
      const asked = act(work.objectStore("tapes"), work.objectStore("pieces"));
      work.oncomplete = () => { base.close(); done(asked.result); };
      work.onabort = () => { base.close(); failed(work.error); };
    };
  });
}

/** Keep one more piece, and how long the whole is by now. @param {Tape} tape @param {number} n @param {Blob} piece */
export async function keep(tape, n, piece) {
  const bytes = await piece.arrayBuffer(); // some browsers keep no Blob
  return store((tapes, pieces) => { tapes.put(tape); return pieces.put({ tape: tape.id, n, bytes }); });
}

/** @param {Tape} tape @returns {Promise<Blob>} */
export async function whole(tape) {
  /** @type {{bytes: ArrayBuffer}[]} in the order of their numbers */
  const found = await store((_, pieces) => pieces.getAll(IDBKeyRange.bound([tape.id, 0], [tape.id, Infinity])));
  return new Blob(found.map((one) => one.bytes), { type: tape.type });
}

/** @param {string} consultation @param {string} account @returns {Promise<Tape[]>} what earlier visits left, newest first */
export async function left(consultation, account) {
  /** @type {Tape[]} */
  const all = await store((tapes) => tapes.getAll()).catch(() => []);
  const held = await navigator.locks?.query().catch(() => null);
  const busy = new Set((held?.held ?? []).map((one) => one.name));
  return all
    .filter((one) => one.consultation === consultation && one.account === account && !busy.has(lockOf(one)))
    .sort((a, b) => b.at - a.at);
}

/** @param {Tape} tape */
export const forget = (tape) => store((tapes, pieces) => {
  pieces.delete(IDBKeyRange.bound([tape.id, 0], [tape.id, Infinity]));
  return tapes.delete(tape.id);
}).catch(() => undefined);

/** Hold the tape for this page until the returned function is called, or the page goes. @param {Tape} tape @returns {() => void} */
export function hold(tape) {
  let free = () => {};
  navigator.locks?.request(lockOf(tape), () => new Promise((done) => { free = () => done(undefined); })).catch(() => undefined);
  return () => free();
}

/** @param {Tape} tape */
const lockOf = (tape) => `tape-${tape.id}`;
