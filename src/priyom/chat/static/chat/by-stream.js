/** Frames as server-sent events of one long answer: for networks that let no WebSocket through. */
import { HEADER, loss, post, Posts } from "./posts.js";

export class StreamWay {
  static quiet = 25_000;
  static grace = 20_000; // the gateway says something every 15 s

  /** @param {string} _address @param {Record<string, unknown>} hello @param {import("./by-socket.js").Ears} ears */
  constructor(_address, hello, ears) {
    this.ears = ears;
    this.stop = new AbortController();
    /** @type {Posts | null} */
    this.posts = null;
    this.run(hello).catch(() => this.lost("broken"));
  }

  /** @param {Record<string, unknown>} hello */
  async run(hello) {
    const answer = await post("stream", JSON.stringify(hello), "", this.stop.signal);
    if (!answer.ok || !answer.body) return this.lost(loss(answer.status));
    this.posts = new Posts(answer.headers.get(HEADER) ?? "", this.ears);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      this.ears.alive();
      const events = (rest + part.value).split("\n\n");
      rest = events.pop() ?? "";
      for (const event of events) {
        if (event.startsWith("data: ") && !this.stop.signal.aborted) this.ears.frame(JSON.parse(event.slice(6)));
      }
    }
    this.lost("broken");
  }

  /** @param {Record<string, unknown>} frame @returns {boolean} */
  send(frame) {
    return this.posts?.send(frame) ?? false;
  }

  ask() {} // it speaks by itself

  /** @param {import("./by-socket.js").Loss} why */
  lost(why) {
    if (!this.stop.signal.aborted) this.ears.lost(why);
  }

  close() {
    this.stop.abort();
    this.posts?.close();
  }
}
