/** Frames by WebSocket: the first way, and the quickest. */

/**
 * What a way tells its line. `lost`: away (the server is there and cannot), absent (there is no such way here),
 * silent, broken.
 * @typedef {"away" | "absent" | "silent" | "broken"} Loss
 * @typedef {{frame: (frame: Record<string, any>) => void, alive: () => void, lost: (why: Loss) => void, after: () => number}} Ears
 */

export class SocketWay {
  /** Silence after which the way is asked, and the time it has to answer: milliseconds. */
  static quiet = 25_000;
  static grace = 8_000;

  /** @param {string} address @param {Record<string, unknown>} hello @param {Ears} ears */
  constructor(address, hello, ears) {
    this.ears = /** @type {Ears | null} */ (ears);
    this.socket = new WebSocket(address);
    this.socket.addEventListener("open", () => this.socket.send(JSON.stringify(hello)));
    this.socket.addEventListener("message", ({ data }) => { this.ears?.alive(); this.ears?.frame(JSON.parse(data)); });
    this.socket.addEventListener("close", () => this.ears?.lost("broken"));
  }

  /** @param {Record<string, unknown>} frame @returns {boolean} whether it went out */
  send(frame) {
    if (this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  ask() {
    this.send({ t: "ping" });
  }

  close() {
    this.ears = null;
    this.socket.close();
  }
}
