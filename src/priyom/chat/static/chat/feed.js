/** Draws what was heard, and asks the server for what cannot be drawn by itself or was never heard. */

/**
 * @typedef {{thread: import("./thread.js").Thread, sequence: import("./sequence.js").Sequence<any>,
 *   scroll: import("./scroll.js").Scroll, windows: import("./windows.js").Windows}} Parts
 */

/** @param {Parts} parts @param {() => void} settled @returns {(wait: number) => void} draw in so many milliseconds */
export function feed({ thread, sequence, scroll, windows }, settled) {
  let timer = 0;
  const ask = async () => {
    const mark = sequence.ask();
    try {
      const made = await windows.fetch(`after=${sequence.shown}`);
      const taken = sequence.answered(mark, made.numbers);
      scroll.keep(() => thread.take(made, taken));
      thread.marks(0, 0);
      soon(taken.length ? 0 : 300);
    } catch {
      sequence.failed(mark);
      soon(3000);
    }
  };
  const draw = () => {
    const isPlain = thread.isPlain.bind(thread);
    for (let entry; (entry = sequence.next(isPlain));) {
      const next = entry;
      scroll.keep(() => thread.add(next));
    }
    if (sequence.isBehind) return void ask();
    windows.edge();
    settled();
  };
  /** @param {number} wait */
  const soon = (wait) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(draw, wait);
  };
  return soon;
}
