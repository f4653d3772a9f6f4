/** Who is here, who types, how far the other side got: shown in [data-chat-presence] and [data-chat-avatar]. */

const TYPES_FOR = 5000;
const SAY_EVERY = 3000;

export class Presence {
  /** @param {string} side @param {string} account our own */
  constructor(side, account) {
    this.side = side;
    this.account = account;
    /** @type {Map<string, {account: string, side: string, delivered: number, read: number}>} */
    this.marks = new Map();
    /** @type {string[]} */
    this.who = [];
    this.typist = "";
    this.timer = 0;
    this.said = 0;
  }

  /** @param {any} frame */
  ready(frame) {
    for (const mark of frame.marks) this.marks.set(mark.account, mark);
    this.here(frame.here);
  }

  /** @param {{account: string, side: string, delivered: number, read: number}} frame */
  mark(frame) {
    this.marks.set(frame.account, frame);
  }

  /** @returns {[number, number]} how far the other side got: delivered, read */
  far() {
    const others = [...this.marks.values()].filter((one) => one.side !== this.side);
    return [Math.max(0, ...others.map((one) => one.delivered)), Math.max(0, ...others.map((one) => one.read))];
  }

  /** @param {string[]} accounts */
  here(accounts) {
    this.who = accounts;
    this.show();
  }

  /** @param {string} account */
  typing(account) {
    this.typist = account;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.wrote(account), TYPES_FOR);
    this.show();
  }

  /** What was typed has come. @param {string} account */
  wrote(account) {
    if (this.typist !== account) return;
    this.typist = "";
    window.clearTimeout(this.timer);
    this.show();
  }

  /** Say that we type, now and then. @param {() => void} say */
  mine(say) {
    if (Date.now() - this.said < SAY_EVERY) return;
    this.said = Date.now();
    say();
  }

  show() {
    const isHere = this.who.some((one) => this.marks.get(one)?.side !== this.side && this.marks.has(one));
    const words = this.typist ? "печатает…" : isHere ? "на связи" : "";
    for (const place of document.querySelectorAll("[data-chat-presence]")) {
      const text = words && ` · ${words}`;
      if (place.textContent !== text) place.textContent = text;
    }
    for (const avatar of document.querySelectorAll("[data-chat-avatar]")) avatar.classList.toggle("here", isHere);
  }
}
