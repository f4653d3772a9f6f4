/** Frames by polls that the gateway answers when there is something: what any network lets through. */
import { HEADER, loss, post, Posts } from "./posts.js";
import { within } from "./within.js";

const TIMEOUT = 40_000; // the gateway answers within 20 s
const TRIES = 3;
const PAUSE = 1000;

export class PollWay {
  static quiet = 25_000;
  static grace = 20_000;

  /** @param {string} _address @param {Record<string, unknown>} hello @param {import("./by-socket.js").Ears} ears */
  constructor(_address, hello, ears) {
    this.ears = ears;
    this.stop = new AbortController();
    /** @type {Posts | null} */
    this.posts = null;
    this.stream = "";
    this.run(JSON.stringify(hello)).catch(() => this.lost("broken"));
  }

  /** @param {string} body the hello, then what we have */
  async run(body) {
    while (!this.stop.signal.aborted) {
      const answer = await this.answer(body);
      if (!answer) return;
      const { nonce, at, closed, frames } = await answer.json();
      if (!this.stream) {
        this.stream = answer.headers.get(HEADER) ?? "";
        this.posts = new Posts(this.stream, this.ears);
      }
      this.ears.alive();
      for (const frame of frames) if (!this.stop.signal.aborted) this.ears.frame(frame);
      if (closed) return this.lost("broken");
      body = JSON.stringify({ nonce, at, after: this.ears.after() });
    }
  }

  /** @param {string} body @returns {Promise<Response | null>} null when it is no use */
  async answer(body) {
    for (let tries = 1; ; tries += 1) {
      try {
        const answer = await post("poll", body, this.stream, within(TIMEOUT, this.stop.signal));
        if (answer.ok) return answer;
        this.lost(loss(answer.status));
        return null;
      } catch (error) {
        // An answer on its way was lost: what it carried is given again. A hello is not said twice.
        if (!this.stream || tries === TRIES || this.stop.signal.aborted) throw error;
        await new Promise((done) => window.setTimeout(done, PAUSE));
      }
    }
  }

  /** @param {Record<string, unknown>} frame @returns {boolean} */
  send(frame) {
    return this.posts?.send(frame) ?? false;
  }

  ask() {} // the gateway answers each poll in time

  /** @param {import("./by-socket.js").Loss} why */
  lost(why) {
    if (!this.stop.signal.aborted) this.ears.lost(why);
  }

  close() {
    this.stop.abort();
    this.posts?.close();
  }
}
