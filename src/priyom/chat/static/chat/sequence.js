/**
 * Which numbers of the log this page shows, has heard of, and must ask for. Pure: no page, no line, no clock.
 * Whatever comes late, twice, out of order or not at all: each number is drawn once, in order, and nothing is
 * missing below `shown`. tests/sequence.test.mjs tries it with arbitrary interleavings.
 */

/** @template {{seq: number}} E what was heard */
export class Sequence {
  /**
   * @param {number} shown the last number on the page @param {number} [known] the last number of the log
   * @param {{few: number, far: number}} [sizes] more than `few` at once come quicker as one piece of HTML; who is
   *   more than `far` behind stays where they are and is told how much is new
   */
  constructor(shown, known = shown, sizes = { few: 20, far: 200 }) {
    this.shown = shown;
    this.known = Math.max(shown, known);
    this.sizes = sizes;
    /** Whether the page follows the end of the log; else it shows a window further up. */
    this.isTail = shown >= known;
    /** @type {Map<number, E>} heard, not drawn yet */
    this.heard = new Map();
    this.asked = 0;
    this.isAsking = false;
  }

  /** Where a new line to the gateway goes on: up to here everything is shown or heard. */
  get after() {
    if (!this.isTail) return this.known;
    let number = this.shown;
    while (this.heard.has(number + 1)) number += 1;
    return number;
  }

  /** The log is at least so long, says the gateway. @param {number} last */
  reach(last) {
    this.known = Math.max(this.known, last);
  }

  /** An entry came. @param {E} entry @returns {boolean} whether it was heard for the first time */
  hear(entry) {
    const { seq } = entry;
    const isNew = this.isTail ? seq > this.shown && !this.heard.has(seq) : seq > this.known;
    this.reach(seq);
    if (isNew && this.isTail) this.heard.set(seq, entry);
    return isNew;
  }

  /** The next entry to draw, if it is the very next number and can be drawn by itself. @param {(entry: E) => boolean} isPlain */
  next(isPlain) {
    if (!this.isTail || this.isAsking || this.heard.size > this.sizes.few) return null;
    const entry = this.heard.get(this.shown + 1);
    if (!entry || !isPlain(entry)) return null;
    this.shown += 1;
    this.heard.delete(this.shown);
    return entry;
  }

  /** Whether the server must be asked for what stands after `shown`. */
  get isBehind() {
    if (this.isTail && this.known - this.shown > this.sizes.far) {
      this.isTail = false;
      this.heard.clear();
    }
    return this.isTail && !this.isAsking && this.known > this.shown;
  }

  /** Ask for what follows `shown`. @returns {number} the mark that the answer must carry */
  ask() {
    this.isAsking = true;
    this.asked += 1;
    return this.asked;
  }

  /** Whether the answer to a question is still wanted. @param {number} mark */
  isWanted(mark) {
    return this.isAsking && mark === this.asked;
  }

  /**
   * The server answered with the lines after `shown`, in order.
   * @param {number} mark @param {number[]} numbers @returns {number[]} those that are to be drawn now
   */
  answered(mark, numbers) {
    if (!this.isWanted(mark)) return [];
    this.isAsking = false;
    const taken = [];
    for (const number of numbers) {
      if (number !== this.shown + 1) continue;
      this.shown = number;
      this.heard.delete(number);
      taken.push(number);
    }
    this.reach(this.shown);
    if (this.shown >= this.known) this.isTail = true;
    return taken;
  }

  /** No answer came; ask again later. @param {number} mark */
  failed(mark) {
    if (this.isWanted(mark)) this.isAsking = false;
  }

  /** The page shows another window now. @param {number} last its last number @param {number} end the log's last number then */
  moved(last, end) {
    this.shown = last;
    this.isAsking = false; // what was asked for before belongs to another window
    this.isTail = last >= end;
    this.reach(end);
    for (const number of this.heard.keys()) if (number <= last || !this.isTail) this.heard.delete(number);
  }
}
