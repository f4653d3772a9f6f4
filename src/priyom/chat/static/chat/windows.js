/**
 * Parts of a long talk: more above and below as one scrolls near, a part around a number, the newest one. The
 * reader's place is kept. What is fetched is the server's own markup.
 */
import { within } from "./within.js";

const EARLY = 800; // pixels before the edge is in sight
const PATIENCE = 20_000; // milliseconds for an answer: a line that hangs must not block the next try
const AGAIN = 3_000; // milliseconds until what failed is tried again while its place is in sight

/**
 * @typedef {{thread: import("./thread.js").Thread, sequence: import("./sequence.js").Sequence<any>,
 *   scroll: import("./scroll.js").Scroll, root: string}} Parts
 */

export class Windows {
  /** @param {Parts} parts @param {() => void} changed */
  constructor(parts, changed) {
    this.parts = parts;
    this.changed = changed;
    this.isBusy = false;
  }

  get list() {
    return this.parts.thread.list;
  }

  /** @param {string} query */
  async fetch(query) {
    const answer = await fetch(`${this.parts.root}entries/?${query}`, {
      headers: { Accept: "text/html" }, redirect: "error", signal: within(PATIENCE),
    });
    if (!answer.ok) throw new Error(String(answer.status));
    return this.parts.thread.parse(await answer.text());
  }

  /** Load what one has scrolled near to. */
  near() {
    if (this.isBusy || !this.list.isConnected) return;
    const [top, bottom] = this.parts.scroll.view;
    for (const [edge, load] of /** @type {const} */ ([["earlier", () => this.earlier()], ["later", () => this.later()]])) {
      const box = this.list.querySelector(`[data-chat-${edge}]`)?.getBoundingClientRect();
      if (box && box.bottom > top - EARLY && box.top < bottom + EARLY) return void load();
    }
  }

  /** @template T @param {() => Promise<T>} act @returns {Promise<T | undefined>} nothing when it did not work */
  async alone(act) {
    if (this.isBusy) return undefined;
    this.isBusy = true;
    this.list.setAttribute("aria-busy", "true");
    try {
      return await act();
    } catch {
      window.setTimeout(() => this.near(), AGAIN); // the links stay: one tap tries at once
      return undefined;
    } finally {
      this.isBusy = false;
      this.list.removeAttribute("aria-busy");
    }
  }

  earlier() {
    return this.alone(async () => {
      const link = /** @type {HTMLElement | null} */ (this.list.querySelector("[data-chat-earlier]"));
      if (!link) return;
      const { lines } = await this.fetch(`before=${link.dataset.chatEarlier}`);
      const row = link.closest("li");
      if (!row) return;
      this.parts.scroll.hold(() => {
        const head = row.nextElementSibling;
        const last = lines.filter((one) => one.dataset.day).at(-1);
        if (head instanceof HTMLElement && head.matches(".thread-day") && head.dataset.day === last?.dataset.day) head.remove();
        row.replaceWith(...lines.filter((one) => !one.querySelector("[data-chat-later]")));
      });
      this.changed();
    });
  }

  later() {
    return this.alone(async () => {
      const { sequence, thread, scroll } = this.parts;
      if (sequence.isAsking) return;
      const mark = sequence.ask();
      try {
        const made = await this.fetch(`after=${sequence.shown}`);
        const taken = sequence.answered(mark, made.numbers);
        scroll.hold(() => { thread.take(made, taken); this.edge(); });
      } finally {
        sequence.failed(mark);
      }
      this.changed();
    });
  }

  /** Whoever does not follow the end has a way on at the end of the list. */
  edge() {
    const { sequence, thread } = this.parts;
    this.list.querySelector("[data-chat-later]")?.closest("li")?.remove();
    if (!sequence.isTail) thread.more(sequence.shown);
  }

  /** Jump to a number, loading its part if it is not here. @param {number} seq @returns {Promise<HTMLElement | null>} its line */
  async to(seq) {
    const { thread, scroll } = this.parts;
    if (!thread.at(seq)) await this.alone(async () => this.replace(await this.fetch(`around=${seq}`)));
    const line = thread.at(seq);
    if (line) scroll.show(line);
    this.changed();
    return line;
  }

  /** Jump to the newest. */
  async end() {
    const { sequence, scroll } = this.parts;
    if (!sequence.isTail) await this.alone(async () => this.replace(await this.fetch("last")));
    scroll.toEnd();
    this.changed();
  }

  /** @param {ReturnType<import("./thread.js").Thread["parse"]>} made */
  replace(made) {
    const { sequence, thread } = this.parts;
    const last = made.numbers.at(-1) ?? 0;
    const end = made.lines.find((one) => one.dataset.chatEnd)?.dataset.chatEnd;
    thread.replace(made);
    sequence.moved(last, Number(end ?? last));
    this.edge();
    thread.marks(0, 0);
  }
}
