/** What the reader has seen: tells the gateway, counts what is below, speaks to who cannot see it. */

import { below } from "./words.js";

/**
 * @typedef {{thread: import("./thread.js").Thread, sequence: import("./sequence.js").Sequence<any>,
 *   scroll: import("./scroll.js").Scroll, line: import("./socket.js").Line}} Parts
 */

export class Reading {
  /** @param {Parts} parts @param {AbortSignal} signal */
  constructor(parts, signal) {
    this.parts = parts;
    this.signal = signal;
    const { read, unread } = parts.thread.list.dataset;
    this.read = Number(read);
    /** How many of the others' messages stand below what was seen. */
    this.unseen = Number(unread);
    this.told = { delivered: 0, read: this.read };
    this.timer = 0;
    this.frame = 0;
    this.jump = /** @type {HTMLElement | null} */ (document.querySelector("[data-chat-jump] button"));
  }

  /** @param {boolean} live an ended talk is read from its top, where the conclusion stands */
  begin(live) {
    const { signal } = this;
    const { thread, scroll } = this.parts;
    const { focus } = thread.list.dataset;
    const fresh = thread.list.querySelector("#new");
    const asked = focus && thread.at(Number(focus));
    window.history.scrollRestoration = "manual";
    if (asked) scroll.show(asked);
    else if (!window.location.hash && live) fresh ? fresh.scrollIntoView({ block: "start" }) : scroll.toEnd();
    const soon = () => { this.frame ||= window.requestAnimationFrame(() => this.look()); };
    document.addEventListener("visibilitychange", soon, { signal });
    window.addEventListener("focus", soon, { signal });
    document.addEventListener("scroll", soon, { signal, passive: true, capture: true });
    const grown = new ResizeObserver(soon);
    grown.observe(document.body);
    signal.addEventListener("abort", () => grown.disconnect());
    soon();
  }

  get looks() {
    return document.visibilityState === "visible" && document.hasFocus();
  }

  /** See what is in sight. */
  look() {
    this.frame = 0;
    const { sequence, scroll } = this.parts;
    scroll.isAtEnd = scroll.isNear;
    if (this.looks) this.see(scroll.isAtEnd && sequence.isTail ? sequence.shown : this.lowest());
    const isFar = !scroll.isAtEnd || !sequence.isTail;
    if (this.jump) {
      this.jump.hidden = !isFar;
      // Above the foot, however high it grew.
      this.jump.parentElement?.style.setProperty("--foot", `${window.innerHeight - scroll.view[1]}px`);
      const words = /** @type {HTMLElement} */ (this.jump.querySelector("[data-chat-below]"));
      if (words.textContent !== below(this.unseen)) words.textContent = below(this.unseen);
    }
    document.dispatchEvent(new CustomEvent("chat:looked"));
    this.tell();
  }

  /** The highest number that is wholly in sight, or fills it. */
  lowest() {
    const [, bottom] = this.parts.scroll.view;
    const lines = /** @type {HTMLElement[]} */ ([...this.parts.thread.list.querySelectorAll("li[data-seq]")]);
    const line = lines.reverse().find((one) => one.getBoundingClientRect().bottom <= bottom + 4);
    return Number(line?.dataset.seq ?? 0);
  }

  /** @param {number} seq */
  see(seq) {
    const { thread, sequence } = this.parts;
    if (seq <= this.read) return;
    const foreign = /** @type {NodeListOf<HTMLElement>} */ (thread.list.querySelectorAll(".theirs[data-seq], .thread-ask[data-seq]"));
    const now = [...foreign].filter(({ dataset }) => Number(dataset.seq) > this.read && Number(dataset.seq) <= seq);
    this.read = seq;
    this.unseen = sequence.isTail && seq >= sequence.known ? 0 : Math.max(0, this.unseen - now.length);
  }

  /** Tell the gateway how far this page got and how far the person read. */
  tell() {
    const told = { delivered: this.parts.sequence.shown, read: this.read };
    if (told.delivered <= this.told.delivered && told.read <= this.told.read) return;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      if (this.parts.line.send({ t: "seen", ...told })) this.told = told;
      else this.timer = window.setTimeout(() => this.tell(), 2000);
    }, 250);
  }

  /** A foreign message came: say it to who cannot see it. @param {import("./thread.js").Entry} entry */
  announce(entry) {
    if (!["message", "file", "voice", "video", "asked"].includes(entry.kind)) return;
    const role = entry.side === "doctor" ? "Врач" : "Пациент";
    this.say(`${role}: ${entry.body || "прислал файл"}`);
    this.unseen += 1;
    document.dispatchEvent(new CustomEvent("ui:news", { detail: { looked: this.looks && this.parts.scroll.isNear } }));
  }

  /** @param {string} words */
  say(words) {
    const place = document.querySelector("[data-chat-said]");
    if (!place) return;
    const line = document.createElement("span");
    line.textContent = words;
    place.append(line);
    while (place.children.length > 5) place.firstElementChild?.remove();
  }
}
