/** Where the reader is: keeps the place when lines come, jumps to the unread, tells the gateway what was read. */

const NEAR = 120;

export class Reading {
  /**
   * @param {import("./thread.js").Thread} thread @param {import("./sequence.js").Sequence<any>} sequence
   * @param {import("./socket.js").Line} line @param {string} root @param {AbortSignal} signal
   */
  constructor(thread, sequence, line, root, signal) {
    this.thread = thread;
    this.sequence = sequence;
    this.line = line;
    this.root = root;
    this.signal = signal;
    this.told = { delivered: 0, read: Number(thread.list.dataset.read) };
    this.timer = 0;
    this.unseen = 0;
    this.title = document.title;
    this.jump = /** @type {HTMLElement | null} */ (document.querySelector("[data-chat-jump]"));
  }

  /** @param {boolean} live an ended talk is read from its top, where the conclusion stands */
  begin(live) {
    const { signal } = this;
    const fresh = this.thread.list.querySelector("#new");
    window.history.scrollRestoration = "manual";
    if (!window.location.hash && live) fresh ? fresh.scrollIntoView({ block: "center" }) : this.toEnd();
    const look = () => this.seen();
    document.addEventListener("visibilitychange", look, { signal });
    window.addEventListener("focus", look, { signal });
    document.addEventListener("scroll", look, { signal, passive: true, capture: true });
    this.jump?.addEventListener("click", () => this.toEnd(), { signal });
    this.thread.list.addEventListener("click", (event) => {
      const link = /** @type {HTMLElement} */ (event.target).closest("[data-chat-earlier]");
      if (!(link instanceof HTMLElement)) return;
      event.preventDefault();
      this.earlier(link);
    }, { signal });
    // Pictures that load late must not push the last words out of sight.
    const grown = new ResizeObserver(() => { if (this.atEnd) this.toEnd(); });
    for (const part of [this.thread.list, document.querySelector("[data-chat-queue]")]) if (part) grown.observe(part);
    signal.addEventListener("abort", () => grown.disconnect());
    this.thread.list.addEventListener("load", () => { if (this.atEnd) this.toEnd(); }, { signal, capture: true });
  }

  /** The element that scrolls: the list at a desk, the page on a phone. */
  get scroller() {
    for (let one = /** @type {HTMLElement | null} */ (this.thread.list); one; one = one.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(one).overflowY) && one !== document.body) return one;
    }
    return document.scrollingElement ?? document.documentElement;
  }

  get isNear() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  toEnd() {
    this.atEnd = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.seen();
  }

  /** Change the list so that the reader stays where they are: at the end, or at the line they read. @param {() => void} change */
  keep(change) {
    const near = this.isNear;
    change();
    if (near) this.toEnd();
    else this.seen();
  }

  /** Tell how far this page got and, when somebody looks at it, how far they read. */
  seen() {
    this.atEnd = this.isNear;
    const looks = document.visibilityState === "visible" && document.hasFocus() && this.atEnd;
    const told = { delivered: this.sequence.shown, read: looks ? this.sequence.shown : this.told.read };
    if (looks) {
      this.unseen = 0;
      document.title = this.title;
    }
    if (this.jump) this.jump.hidden = this.atEnd || this.unseen === 0;
    if (told.delivered <= this.told.delivered && told.read <= this.told.read) return;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      if (this.line.send({ t: "seen", ...told })) this.told = told;
      else this.timer = window.setTimeout(() => this.seen(), 2000);
    }, 250);
  }

  /** A foreign message came: say it to who cannot see it, count it for who looks elsewhere. @param {import("./thread.js").Entry} entry */
  announce(entry) {
    const role = entry.side === "doctor" ? "Врач" : "Пациент";
    if (["message", "file", "voice", "video"].includes(entry.kind)) this.say(`${role}: ${entry.body || "прислал файл"}`);
    if (document.visibilityState === "visible" && document.hasFocus() && this.isNear) return;
    this.unseen += 1;
    document.title = `(${this.unseen}) ${this.title}`;
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

  /** @param {HTMLElement} link */
  async earlier(link) {
    const row = link.closest("li");
    link.setAttribute("aria-busy", "true");
    const answer = await fetch(`${this.root}entries/?before=${link.dataset.chatEarlier}`, { headers: { Accept: "text/html" } }).catch(() => null);
    link.removeAttribute("aria-busy");
    if (!answer?.ok || !row) return;
    const place = this.scroller;
    const below = place.scrollHeight - place.scrollTop;
    row.insertAdjacentHTML("beforebegin", await answer.text());
    const [first, second] = [row.previousElementSibling, row.nextElementSibling];
    if (second instanceof HTMLElement && second.matches(".thread-day") && first instanceof HTMLElement && first.dataset.day === second.dataset.day) second.remove();
    row.remove();
    place.scrollTop = place.scrollHeight - below;
  }
}
