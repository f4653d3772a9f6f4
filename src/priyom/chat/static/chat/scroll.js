/** Where the reader is in the list: at the end and kept there, or at a line and kept there. */

const NEAR = 120;

export class Scroll {
  /** @param {HTMLElement} list @param {AbortSignal} signal */
  constructor(list, signal) {
    this.list = list;
    this.isAtEnd = false;
    // Neither pictures that load late nor what grows above and below may push the last words out of sight.
    const stay = () => { if (this.isAtEnd) this.toEnd(); };
    const grown = new ResizeObserver(stay);
    for (const part of [list, document.body]) grown.observe(part);
    signal.addEventListener("abort", () => grown.disconnect());
    list.addEventListener("load", stay, { signal, capture: true });
  }

  /** The element that scrolls: the list at a desk, the page on a phone. */
  get place() {
    for (let one = /** @type {HTMLElement | null} */ (this.list); one; one = one.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(one).overflowY) && one !== document.body) return one;
    }
    return document.scrollingElement ?? document.documentElement;
  }

  get isNear() {
    const { scrollHeight, scrollTop, clientHeight } = this.place;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  /** Top and bottom of what can be seen of the list, in the window's pixels. @returns {[number, number]} */
  get view() {
    const { place } = this;
    if (place === this.list) {
      const box = place.getBoundingClientRect();
      return [box.top, box.bottom];
    }
    const head = document.querySelector(".chat-head")?.getBoundingClientRect().bottom ?? 0;
    const foot = document.querySelector("form.composer, .composer-closed")?.getBoundingClientRect().top ?? window.innerHeight;
    return [head, Math.min(foot, window.innerHeight)];
  }

  toEnd() {
    this.isAtEnd = true;
    this.place.scrollTop = this.place.scrollHeight;
  }

  /** Change the end of the list: who is there stays at the end, who reads above stays where they are. @param {() => void} change */
  keep(change) {
    const near = this.isNear;
    change();
    if (near) this.toEnd();
  }

  /** Change the list anywhere: the first line in sight stays where it is. @param {() => void} change */
  hold(change) {
    const [top] = this.view;
    const lines = /** @type {HTMLElement[]} */ ([...this.list.querySelectorAll("li[data-seq]")]);
    const line = lines.find((one) => one.getBoundingClientRect().bottom > top);
    const before = line?.getBoundingClientRect().top ?? 0;
    change();
    if (line?.isConnected) this.place.scrollTop += line.getBoundingClientRect().top - before;
  }

  /** Bring a line into sight and say that it is the one. @param {HTMLElement} line */
  show(line) {
    this.isAtEnd = false;
    line.scrollIntoView({ block: "center" });
    line.tabIndex = -1;
    line.focus({ preventScroll: true });
    line.classList.remove("shown");
    void line.offsetWidth; // so that it is seen once more
    line.classList.add("shown");
  }
}
