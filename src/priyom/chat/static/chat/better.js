/** WebSocket tried again beside a spare way: taken when it is ready, and the spare one serves until then. */
import { open, pass } from "./opening.js";
import { WAYS } from "./ways.js";

const OPENING = 8000;

export class Better {
  /** @param {import("./socket.js").Line} line */
  constructor(line) {
    this.line = line;
    /** @type {import("./ways.js").Way | null} */
    this.way = null;
    this.timer = 0;
  }

  /** Try later, if there is something better. */
  plan() {
    this.stop();
    const { line } = this;
    if (line.isReady && line.ways.at > 0) this.timer = window.setTimeout(() => this.begin(), line.ways.wait);
  }

  async begin() {
    const { line } = this;
    line.ways.tried += 1;
    try {
      const ticket = await pass(line);
      if (!ticket || !line.isReady || line.ways.at === 0) return;
      this.way = open(line, WAYS[0], ticket);
      this.timer = window.setTimeout(() => this.plan(), OPENING);
    } catch {
      this.plan();
    }
  }

  /** The new way is ready and no longer ours. */
  taken() {
    this.way = null;
    this.stop();
  }

  stop() {
    window.clearTimeout(this.timer);
    this.way?.close();
    this.way = null;
  }
}
