/**
 * The line to the gateway: a one-time ticket, one socket, resume after what the page has, back again with jitter.
 * Events: ready, entry, ack, refused, marks, typing, presence, signal, state (detail: the frame), up, down, over.
 */

const SILENCE = 25_000; // then a ping, and as long again for its answer
const LONGEST = 20_000;

/** @typedef {{ticket: string, token: string, consultation: string, after: () => number}} Place */

export class Line extends EventTarget {
  /** @param {Place} place `after`: the number up to which the page has everything */
  constructor(place) {
    super();
    this.place = place;
    /** @type {WebSocket | null} */
    this.socket = null;
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
    window.addEventListener("offline", () => this.drop(), { signal });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.isReady ? this.probe() : now();
    }, { signal });
    window.addEventListener("pagehide", () => this.socket?.close(), { signal });
    signal.addEventListener("abort", () => this.end("left"));
    this.connect();
  }

  /** @param {Record<string, unknown>} frame @returns {boolean} whether it went out */
  send(frame) {
    if (!this.isReady || this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  async connect() {
    if (this.isOver || this.busy || this.socket) return;
    window.clearTimeout(this.timer);
    this.busy = true;
    try {
      const answer = await fetch(this.place.ticket, { method: "POST", headers: { Accept: "application/json", "X-CSRFToken": this.place.token } });
      if (answer.status === 401 || answer.status === 403) return this.end("session");
      if (!answer.ok) throw new Error(String(answer.status));
      const { ticket, gateway } = await answer.json();
      if (!this.isOver) this.open(gateway, ticket);
    } catch {
      this.later();
    } finally {
      this.busy = false;
    }
  }

  /** @param {string} address @param {string} ticket */
  open(address, ticket) {
    const socket = new WebSocket(address);
    this.socket = socket;
    socket.addEventListener("open", () => {
      socket.send(JSON.stringify({ t: "hello", ticket, consultation: this.place.consultation, after: this.place.after() }));
    });
    socket.addEventListener("message", ({ data }) => { if (this.socket === socket) this.hear(JSON.parse(data)); });
    socket.addEventListener("close", () => { if (this.socket === socket) this.drop(); });
    this.listen();
  }

  /** @param {Record<string, any>} frame */
  hear(frame) {
    this.listen();
    if (frame.t === "ready") {
      this.isReady = true;
      this.tries = 0;
      this.tell("up", frame);
    }
    if (frame.t === "bye") {
      if (!frame.again) return this.end(frame.why);
      this.drop(frame.wait);
      return;
    }
    if (frame.t !== "pong") this.tell(frame.t, frame);
  }

  /** Silence is a dead line: networks that sleep or change say nothing. */
  listen() {
    window.clearTimeout(this.watch);
    this.watch = window.setTimeout(() => this.probe(), SILENCE);
  }

  probe() {
    this.send({ t: "ping" });
    window.clearTimeout(this.watch);
    this.watch = window.setTimeout(() => this.drop(), 8000);
  }

  /** @param {number} [wait] milliseconds */
  drop(wait) {
    const socket = this.socket;
    this.socket = null;
    window.clearTimeout(this.watch);
    socket?.close();
    if (this.isReady) this.tell("down", {});
    this.isReady = false;
    this.later(wait);
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
    window.clearTimeout(this.timer);
    window.clearTimeout(this.watch);
    this.socket?.close();
    this.socket = null;
    if (why !== "left") this.tell("over", { why });
  }

  /** @param {string} name @param {object} detail */
  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
