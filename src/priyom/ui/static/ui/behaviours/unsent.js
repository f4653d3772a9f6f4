const EVERY = 4000;

/**
 * What this browser has not sent yet: the rooms keep it in databases named «priyom-…». An element with this
 * behaviour says how much it is; when the network is back, the page that was asked for is loaded again.
 * @param {HTMLElement} element @param {import("../app.js").Life} life
 */
export default async function unsent(element, { signal }) {
  // «online» says only that there is a network, not that the server is reached through it.
  const look = async () => {
    const answer = await fetch("/healthz", { cache: "no-store" }).catch(() => null);
    if (answer?.ok) window.location.reload();
  };
  const timer = window.setInterval(look, EVERY);
  window.addEventListener("online", look, { signal });
  signal.addEventListener("abort", () => window.clearInterval(timer));
  const waits = await count();
  const words = element.querySelector("[data-unsent-words]");
  if (words && waits) words.textContent = `Ждут отправки: ${waits}. Уйдут сами, когда вы откроете чат со связью.`;
}

/** @returns {Promise<string[]>} names of the rooms' databases in this browser */
async function names() {
  const all = await indexedDB.databases().catch(() => []);
  return all.map((one) => one.name ?? "").filter((name) => name.startsWith("priyom-"));
}

/** @returns {Promise<number>} how many messages and files wait */
export async function count() {
  let sum = 0;
  for (const name of await names()) sum += await inside(name).catch(() => 0);
  return sum;
}

/** Forget all of it. */
export async function forget() {
  await Promise.all((await names()).map((name) => new Promise((done) => {
    const asked = indexedDB.deleteDatabase(name);
    asked.onsuccess = asked.onerror = asked.onblocked = () => done(undefined);
  })));
}

/** @param {string} name @returns {Promise<number>} */
function inside(name) {
  return new Promise((done, failed) => {
    const opened = indexedDB.open(name);
    opened.onerror = () => failed(opened.error);
    opened.onsuccess = () => {
      const base = opened.result;
      // Pieces of a file are not counted, the file is.
      const stores = [...base.objectStoreNames].filter((one) => one === "outbox" || one === "uploads");
      if (!stores.length) { base.close(); return done(0); }
      const work = base.transaction(stores);
      const asked = stores.map((one) => work.objectStore(one).count());
      work.oncomplete = () => { base.close(); done(asked.reduce((sum, one) => sum + one.result, 0)); };
      work.onabort = () => { base.close(); failed(work.error); };
    };
  });
}
