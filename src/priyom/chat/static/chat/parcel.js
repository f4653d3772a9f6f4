/**
 * The files of one message: sent in order, each from where it stopped, tried again by themselves until they are
 * there; when the last one is settled the message is said by chat:attached {kind, files, key, kept}.
 */
import { bind, send } from "./sending.js";
import { forget, keep } from "./uploads.js";

/**
 * @typedef {import("./uploads.js").Upload} Upload
 * @typedef {{progress: (sent: number) => void, checking: () => void, waits: (text: string) => void, refused: (text: string) => void, done: () => void}} Row
 */

const PAUSES = [1000, 2000, 5000, 10_000, 30_000];

export class Parcel {
  /** @param {Upload[]} uploads of one parcel, in order @param {AbortSignal} life @param {(upload: Upload) => Row} show */
  constructor(uploads, life, show) {
    this.uploads = uploads;
    this.life = life;
    /** @type {Map<Upload, {row: Row, stop: AbortController}>} */
    this.parts = new Map(uploads.map((one) => [one, { row: show(one), stop: new AbortController() }]));
    this.wake = () => undefined;
  }

  /** Give one file up; the others go on. @param {Upload} upload */
  async drop(upload) {
    this.parts.get(upload)?.stop.abort();
    this.uploads = this.uploads.filter((one) => one !== upload);
    this.wake();
    await forget(upload.id);
  }

  /** Send everything; one tab at a time. @returns {Promise<void>} */
  async run() {
    if (!this.uploads.length) return;
    const act = () => this.carry();
    const key = `priyom-parcel-${this.uploads[0].parcel}`;
    if (!("locks" in navigator)) return act();
    // Another tab has it: it shows the rows and says the message.
    return navigator.locks.request(key, { ifAvailable: true }, (lock) => (lock ? act() : this.hide()));
  }

  hide() {
    for (const { row } of this.parts.values()) row.done();
  }

  async carry() {
    const { parcel, kind } = this.uploads[0];
    let bound = Promise.resolve();
    for (const upload of [...this.uploads]) {
      if (upload.file || !this.uploads.includes(upload)) continue;
      if (!await this.patiently(upload, (signal) => send(upload, (sent) => this.row(upload).progress(sent), signal))) continue;
      // The next one is on its way while this one is looked at; one after the other keeps the order.
      bound = bound.then(() => this.bound(upload));
    }
    await bound;
    if (this.life.aborted) return;
    const ready = this.uploads.filter((one) => one.file);
    if (ready.length && !await this.said({ kind, files: ready.map((one) => one.file), key: parcel })) return;
    for (const one of ready) {
      await forget(one.id);
      this.row(one).done();
    }
  }

  /** Hand the message to the talk's outbox: what is not kept there is kept here. @param {object} message @returns {Promise<boolean>} */
  async said(message) {
    while (!this.life.aborted) {
      const isTaken = await new Promise((done) => {
        const event = new CustomEvent("chat:attached", { cancelable: true, detail: { ...message, kept: () => done(true) } });
        if (document.dispatchEvent(event)) done(false); // the talk's script is not there yet
      });
      if (isTaken) return true;
      await this.pause(PAUSES[0]);
    }
    return false;
  }

  /** @param {Upload} upload */
  async bound(upload) {
    this.row(upload).checking();
    await this.patiently(upload, async (signal) => {
      if (!upload.url) await send(upload, (sent) => this.row(upload).progress(sent), signal);
      await keep(upload); // a reload that did not know where the bytes lie would bring them, and bind them, twice
      upload.file = await bind(upload);
      await keep(upload);
    });
  }

  /** Try until it is done; false when it never will be. @param {Upload} upload @param {(signal: AbortSignal) => Promise<void>} act */
  async patiently(upload, act) {
    const { row, stop } = this.part(upload);
    for (let tries = 0; !stop.signal.aborted && !this.life.aborted; tries += 1) {
      try {
        await act(stop.signal);
        return true;
      } catch (error) {
        const { text, again } = /** @type {{text: string, again: boolean}} */ (error);
        if (stop.signal.aborted || this.life.aborted) return false;
        if (!again) {
          this.uploads = this.uploads.filter((one) => one !== upload);
          await forget(upload.id);
          row.refused(text);
          return false;
        }
        row.waits(text);
        await this.pause(PAUSES[Math.min(tries, PAUSES.length - 1)]);
      }
    }
    return false;
  }

  /** Wait, or less when the network is back. @param {number} ms */
  pause(ms) {
    return new Promise((done) => {
      const over = new AbortController();
      const end = () => { window.clearTimeout(timer); over.abort(); done(undefined); };
      const timer = window.setTimeout(end, ms);
      this.wake = () => { end(); return undefined; };
      window.addEventListener("online", end, { signal: over.signal });
      document.addEventListener("chat:line", (event) => { if (/** @type {CustomEvent} */ (event).detail.up) end(); }, { signal: over.signal });
      this.life.addEventListener("abort", end, { signal: over.signal });
    });
  }

  /** @param {Upload} upload */
  part(upload) {
    const found = this.parts.get(upload);
    if (!found) throw new Error("not of this parcel");
    return found;
  }

  /** @param {Upload} upload */
  row(upload) {
    return this.part(upload).row;
  }
}
