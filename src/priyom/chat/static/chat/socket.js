/**
 * The line to the gateway: a one-time ticket, one way for the frames, resume after what the page has, back again
 * with jitter. Events: ready, entry, ack, refused, marks, typing, presence, signal, state (detail: the frame),
 * over, down, and up (spare: not by WebSocket).
 */
import { Better } from "./better.js";
import { open, pass } from "./opening.js";
import { Ways } from "./ways.js";

const OPENING = 8000; // from the first byte to `ready`
const LONGEST = 20_000;

/** @typedef {{ticket: string, token: string, consultation: string, after: () => number}} Place */

export class Line extends EventTarget {
  /** @param {Place} place `after`: the number up to which the page has everything */
  constructor(place) {
    super();
    this.place = place;
    this.ways = new Ways();
    /** @type {import("./ways.js").Way | null} */
    this.way = null;
    this.better = new Better(this);
    this.isReady = false;
    this.isOver = false;
    this.tries = 0;
    this.timer = 0;
    this.watch = 0;
    this.busy = false;
  }

  /** @param {AbortSignal} signal ends it */
  start(signal) {
    const now = () => { if (!this.isReady) { this.tries = 0; this.connect(); } };
    window.addEventListener("online", now, { signal });
    window.addEventListener("offline", () => this.drop("away"), { signal });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.isReady ? this.probe() : now();
    }, { signal });
    window.addEventListener("pagehide", () => this.way?.close(), { signal });
    window.addEventListener("pageshow", ({ persisted }) => { if (persisted) this.drop("away", 0); }, { signal });
    signal.addEventListener("abort", () => this.end("left"));
    this.connect();
  }

  /** @param {Record<string, unknown>} frame @returns {boolean} whether it went out */
  send(frame) {
    return this.isReady && (this.way?.send(frame) ?? false);
  }

  async connect() {
    if (this.isOver || this.busy || this.way) return;
    window.clearTimeout(this.timer);
    this.busy = true;
    try {
      const ticket = await pass(this);
      if (!ticket || this.isOver) return;
      this.way = open(this, this.ways.kind, ticket);
      this.listen(() => this.drop("silent"), OPENING);
    } catch {
      this.later();
    } finally {
      this.busy = false;
    }
  }

  /** @param {import("./ways.js").Way} way WebSocket again */
  change(way) {
    this.way?.close();
    this.way = way;
    this.better.taken();
    this.ways.take(0);
  }

  /** @param {Record<string, any>} frame */
  hear(frame) {
    if (frame.t === "ready") {
      this.isReady = true;
      this.tries = 0;
      this.ways.up();
      this.listen();
      this.tell("up", { ...frame, spare: this.ways.at > 0 });
      this.better.plan();
    }
    if (frame.t === "bye") {
      if (!frame.again) return this.end(frame.why);
      this.drop("away", frame.wait);
      return;
    }
    if (frame.t !== "pong") this.tell(frame.t, frame);
  }

  /** Silence is a dead line: networks that sleep or change say nothing. @param {() => void} [then] @param {number} [wait] */
  listen(then = () => this.probe(), wait = this.ways.kind.quiet) {
    window.clearTimeout(this.watch);
    this.watch = window.setTimeout(then, wait);
  }

  probe() {
    this.way?.ask();
    this.listen(() => this.drop("silent"), this.ways.kind.grace);
  }

  /** @param {import("./by-socket.js").Loss} why @param {number} [wait] milliseconds */
  drop(why, wait) {
    const way = this.way;
    this.way = null;
    window.clearTimeout(this.watch);
    this.better.stop();
    way?.close();
    if (this.isReady) this.tell("down", {});
    this.isReady = false;
    const isOther = way !== null && this.ways.lost(why);
    this.later(isOther ? 0 : wait);
  }

  /** @param {number} [wait] */
  later(wait) {
    if (this.isOver) return;
    const most = Math.min(LONGEST, 500 * 2 ** this.tries++);
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.connect(), wait ?? most / 2 + (Math.random() * most) / 2);
  }

  /** @param {string} why */
  end(why) {
    if (this.isOver) return;
    this.isOver = true;
    this.isReady = false;
    for (const timer of [this.timer, this.watch]) window.clearTimeout(timer);
    this.better.stop();
    this.way?.close();
    this.way = null;
    if (why !== "left") this.tell("over", { why });
  }

  /** @param {string} name @param {object} detail */
  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
