/** What goes up where there is no socket: frames by POST, one request after the other, in order. */
import { within } from "./within.js";

export const HEADER = "Priyom-Stream";
const TIMEOUT = 15_000;
const MOST = 32; // frames in one request

export class Posts {
  /** @param {string} stream its secret @param {import("./by-socket.js").Ears} ears */
  constructor(stream, ears) {
    this.stream = stream;
    this.ears = ears;
    /** @type {string[]} */
    this.waiting = [];
    this.isBusy = false;
    this.stop = new AbortController();
  }

  /** @param {Record<string, unknown>} frame @returns {boolean} */
  send(frame) {
    if (this.stop.signal.aborted) return false;
    this.waiting.push(JSON.stringify(frame));
    // What is said in one breath goes out in one request.
    if (!this.isBusy) { this.isBusy = true; queueMicrotask(() => this.flush()); }
    return true;
  }

  async flush() {
    const signal = within(TIMEOUT, this.stop.signal);
    try {
      while (this.waiting.length) {
        const answer = await post("send", this.waiting.splice(0, MOST).join("\n"), this.stream, signal);
        if (!answer.ok) return this.lost(loss(answer.status));
        for (const frame of await answer.json()) if (!this.stop.signal.aborted) this.ears.frame(frame);
      }
      this.isBusy = false;
    } catch {
      this.lost("broken");
    }
  }

  /** @param {import("./by-socket.js").Loss} why what was on its way is sent anew by the next line, under the same keys */
  lost(why) {
    if (!this.stop.signal.aborted) this.ears.lost(why);
  }

  close() {
    this.stop.abort();
  }
}

/** @param {"stream" | "poll" | "send"} act @param {string} body @param {string} stream @param {AbortSignal} signal */
export function post(act, body, stream, signal) {
  const headers = { "Content-Type": "text/plain;charset=UTF-8", ...(stream ? { [HEADER]: stream } : {}) };
  return fetch(`/live/${act}`, { method: "POST", body, headers, signal, credentials: "omit", cache: "no-store", redirect: "error" });
}

/** What a refusal says about the way. @param {number} status @returns {import("./by-socket.js").Loss} */
export function loss(status) {
  if (status >= 500) return "away";
  return [403, 404, 405].includes(status) ? "absent" : "broken";
}
