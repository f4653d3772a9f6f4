/**
 * Messages on their way: kept in the browser until the gateway has acknowledged them, sent in order, each
 * exactly once by its key. Survives a reload and days without a network.
 */

/**
 * @typedef {{k: string, consultation: string, account: string, kind: string, body: string, refers: number | null,
 *   files: string[], names: string[], at: number, failed?: string}} Item
 * @typedef {{send: (item: Item) => boolean, show: (item: Item, state: "waiting" | "sending" | "failed") => void}} Ways
 */

const PACE = 650; // after a burst, as the gateway allows
const BURST = 20;

export class Outbox {
  /** @param {string} consultation @param {string} account @param {Ways} ways */
  constructor(consultation, account, ways) {
    this.consultation = consultation;
    this.account = account;
    this.ways = ways;
    /** @type {Map<string, Item>} in the order they were written */
    this.items = new Map();
    /** @type {Set<string>} on the line, without an answer yet */
    this.flying = new Set();
    this.timer = 0;
    this.isUp = false;
  }

  /** Take up what an earlier page left. */
  async load() {
    /** @type {Item[]} */
    const all = await store("readonly", (base) => base.getAll()).catch(() => []);
    const mine = all.filter((one) => one.consultation === this.consultation && one.account === this.account);
    const written = [...this.items.values()];
    this.items = new Map([...mine.sort((a, b) => a.at - b.at), ...written].map((one) => [one.k, one]));
    for (const one of mine) this.ways.show(one, one.failed ? "failed" : "waiting");
    this.flush();
  }

  /** @param {Partial<Item>} told @returns {Promise<void>} when it is kept */
  async add(told) {
    const item = {
      k: told.k ?? crypto.randomUUID(), consultation: this.consultation, account: this.account, kind: told.kind ?? "message",
      body: told.body ?? "", refers: told.refers ?? null, files: told.files ?? [], names: told.names ?? [], at: Date.now(),
    };
    if (this.items.has(item.k)) return;
    this.items.set(item.k, item);
    this.ways.show(item, this.isUp ? "sending" : "waiting");
    await store("readwrite", (base) => base.put(item)).catch(() => undefined);
    this.flush();
  }

  up() {
    this.isUp = true;
    this.flying.clear();
    this.flush();
  }

  down() {
    this.isUp = false;
    this.flying.clear();
    for (const item of this.items.values()) if (!item.failed) this.ways.show(item, "waiting");
  }

  /** Send what waits, in order. */
  flush() {
    window.clearTimeout(this.timer);
    if (!this.isUp) return;
    for (const item of this.items.values()) {
      if (item.failed || this.flying.has(item.k)) continue;
      if (this.flying.size >= BURST) {
        this.timer = window.setTimeout(() => this.flush(), PACE);
        return;
      }
      if (!this.ways.send(item)) return;
      this.flying.add(item.k);
      this.ways.show(item, "sending");
    }
  }

  /** @param {string} k @returns {Item | undefined} what it was, if it was ours */
  acked(k) {
    const item = this.items.get(k);
    this.items.delete(k);
    this.flying.delete(k);
    if (item) store("readwrite", (base) => base.delete(k)).catch(() => undefined);
    return item;
  }

  /** @param {string} k @param {string} code @param {string} text why, in words */
  refused(k, code, text) {
    const item = this.items.get(k);
    this.flying.delete(k);
    if (!item) return;
    if (code === "slow" || code === "later") {
      this.ways.show(item, "waiting");
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.flush(), 3000);
      return;
    }
    item.failed = text;
    store("readwrite", (base) => base.put(item)).catch(() => undefined);
    this.ways.show(item, "failed");
  }

  /** @param {string} k */
  again(k) {
    const item = this.items.get(k);
    if (!item) return;
    delete item.failed;
    store("readwrite", (base) => base.put(item)).catch(() => undefined);
    this.ways.show(item, this.isUp ? "sending" : "waiting");
    this.flush();
  }

  /** The writer thought better of one that did not go. @param {string} k */
  drop(k) {
    if (this.items.get(k)?.failed) this.acked(k);
  }
}

/** @template T @param {IDBTransactionMode} mode @param {(base: IDBObjectStore) => IDBRequest<T>} act @returns {Promise<T>} */
function store(mode, act) {
  return new Promise((done, failed) => {
    const opened = indexedDB.open("priyom-outbox", 1);
    opened.onupgradeneeded = () => opened.result.createObjectStore("outbox", { keyPath: "k" });
    opened.onerror = () => failed(opened.error);
    opened.onsuccess = () => {
      const base = opened.result;
      const work = base.transaction("outbox", mode);
      const asked = act(work.objectStore("outbox"));
      work.oncomplete = () => { base.close(); done(asked.result); };
      work.onabort = () => { base.close(); failed(work.error); };
    };
  });
}
