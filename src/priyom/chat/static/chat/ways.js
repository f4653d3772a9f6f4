/**
 * Which way the frames go: WebSocket, else a stream of events, else polls. A way that twice does not open or falls
 * silent gives place to the next; the tab remembers it, and tries WebSocket again later: soon where it has worked
 * before (a server that fell is more likely than a network that changed), ever later while it fails.
 */
import { PollWay } from "./by-poll.js";
import { SocketWay } from "./by-socket.js";
import { StreamWay } from "./by-stream.js";

export const WAYS = [SocketWay, StreamWay, PollWay];
export const NAMES = ["websocket", "sse", "polling"];
const KEY = "chat:way";
const GOOD = "chat:socket"; // WebSocket has worked in this tab
const PATIENCE = 2;
const STEADY = 60_000; // a line that lived so long was a good one; one that says nothing any more is given up before
const BETTER = [30_000, 120_000, 600_000];
const SOON = [3_000, 10_000, ...BETTER];

/** @typedef {SocketWay | StreamWay | PollWay} Way @typedef {typeof SocketWay | typeof StreamWay | typeof PollWay} Kind */

export class Ways {
  constructor() {
    this.at = Math.max(0, NAMES.indexOf(sessionStorage.getItem(KEY) ?? ""));
    this.failures = 0;
    /** @type {Set<number>} ways that this house does not have */
    this.absent = new Set();
    this.tried = 0;
    this.since = 0;
  }

  get kind() {
    return WAYS[this.at];
  }

  get name() {
    return NAMES[this.at];
  }

  /** A line is up. */
  up() {
    this.since = Date.now();
    if (this.at === 0) sessionStorage.setItem(GOOD, "1");
  }

  /** When to try WebSocket again beside a spare way: milliseconds, longer with each try, not all pages at once. */
  get wait() {
    const waits = sessionStorage.getItem(GOOD) ? SOON : BETTER;
    return waits[Math.min(this.tried, waits.length - 1)] * (0.5 + Math.random());
  }

  /** @param {number} at */
  take(at) {
    this.at = at;
    this.failures = 0;
    sessionStorage.setItem(KEY, this.name);
  }

  /**
   * A line was lost. Without a network, or with a server that only rests, no way is to blame.
   * @param {import("./by-socket.js").Loss} why @returns {boolean} whether the next way is to be tried at once
   */
  lost(why) {
    if (this.since && Date.now() - this.since > STEADY) {
      this.failures = 0;
      if (this.at === 0) this.tried = 0;
    }
    this.since = 0;
    if (why === "away" || !navigator.onLine) return false;
    this.failures += why === "absent" || (why === "silent" && this.at > 0) ? PATIENCE : 1;
    if (why === "absent") this.absent.add(this.at);
    if (this.failures < PATIENCE) return false;
    const others = [1, 2].map((step) => (this.at + step) % WAYS.length).filter((one) => !this.absent.has(one));
    this.take(others[0] ?? 0);
    return true;
  }
}

/** Say quietly that the chat goes another way, and that nothing is lost by it. @param {boolean} isSpare */
export function spare(isSpare) {
  const place = document.querySelector("[data-chat-way]");
  if (!(place instanceof HTMLElement) || place.hidden === !isSpare) return;
  place.hidden = !isSpare;
  place.textContent = isSpare ? "Связь через запасной канал, сообщения доходят" : "";
}
