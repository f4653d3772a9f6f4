/**
 * The list of the talk. Plain messages are clones of the server's own bubble; whatever is more comes from the
 * server as HTML, so that every line has one markup.
 */

import { bubble, part } from "./bubble.js";
import { button } from "./words.js";

const DAY = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Moscow" });
const TIME = new Intl.DateTimeFormat("ru-RU", { timeZone: "Europe/Moscow", hour: "2-digit", minute: "2-digit" });
const WORDS = { waiting: "ждёт сети", sending: "отправляем", failed: "не ушло" };
const NAMELESS = { file: "Файл", voice: "Голосовое сообщение", video: "Видеосообщение" };

/** @typedef {{seq: number, kind: string, author: string, side: string, name: string, k: string, refers: number | null, body: string, at: string}} Entry */

export class Thread {
  /** @param {HTMLElement} list @param {string} account */
  constructor(list, account) {
    this.list = list;
    this.account = account;
    this.delivered = 0;
    this.read = 0;
  }

  /** @param {number} seq */
  at(seq) {
    return /** @type {HTMLElement | null} */ (this.list.querySelector(`li[data-seq="${seq}"]`));
  }

  /** @param {string} k */
  by(k) {
    return /** @type {HTMLElement | null} */ (this.list.querySelector(`li[data-key="${CSS.escape(k)}"]`));
  }

  /** Whether a clone can show it: only words, no new day, an answer to what is here. @param {Entry} entry */
  isPlain(entry) {
    return entry.kind === "message" && this.isSameDay(entry.at) && (!entry.refers || this.at(entry.refers) !== null);
  }

  /** Whether it is of the day of the last line. @param {string} at ISO 8601 */
  isSameDay(at) {
    const days = this.list.querySelectorAll("li[data-seq]");
    return /** @type {HTMLElement | undefined} */ (days[days.length - 1])?.dataset.day === DAY.format(new Date(at));
  }

  /** @param {boolean} mine @param {import("./bubble.js").Told} told */
  bubble(mine, told) {
    return bubble(mine, told, told.refers ? this.at(told.refers) : null);
  }

  /** @param {Entry} entry */
  add(entry) {
    const mine = entry.author === this.account;
    const line = this.by(entry.k) ?? this.bubble(mine, entry);
    this.number(line, entry.seq, entry.at);
    this.place(line, entry.seq);
  }

  /** @param {HTMLElement} line @param {number} seq @param {string} at */
  number(line, seq, at) {
    line.id = `m${seq}`;
    line.dataset.seq = String(seq);
    line.dataset.day = DAY.format(new Date(at));
    line.classList.remove("waiting", "failed");
    part(line, "time").textContent = TIME.format(new Date(at));
    this.state(line);
  }

  /** Before what has a higher number, and before what still waits. @param {HTMLElement} line @param {number} seq */
  place(line, seq) {
    const after = [...this.list.children].find((one) => one !== line && one instanceof HTMLElement
      && (Number(one.dataset.seq) > seq || (one.dataset.key && !one.dataset.seq)));
    this.list.insertBefore(line, after ?? null);
  }

  /** Show a message of the outbox. @param {import("./outbox.js").Item} item @param {"waiting" | "sending" | "failed"} state */
  pending(item, state) {
    let line = this.by(item.k);
    if (line?.dataset.seq) return;
    if (!line) {
      const names = item.names.join(", ") || NAMELESS[/** @type {keyof typeof NAMELESS} */ (item.kind)];
      line = this.bubble(true, { ...item, body: item.body || names });
      if (item.files.length) line.dataset.files = "1"; // the server draws them
      this.list.append(line);
    }
    line.classList.toggle("waiting", state !== "failed");
    line.classList.toggle("failed", state === "failed");
    const words = state === "failed" ? `${WORDS.failed}. ${item.failed}` : WORDS[state];
    part(line, "state").textContent = words;
    if (state === "failed") part(line, "state").append(" ", button("Повторить", "again", item.k), " ", button("Удалить", "drop", item.k));
  }

  /** @param {string} html lines of the server, in order */
  parse(html) {
    const made = document.createElement("template");
    made.innerHTML = html;
    const lines = /** @type {HTMLElement[]} */ ([...made.content.children]);
    return { lines, numbers: lines.map((one) => Number(one.dataset.seq)).filter(Boolean) };
  }

  /** @param {{lines: HTMLElement[]}} made @param {number[]} taken those of its numbers that are to be shown */
  take({ lines }, taken) {
    for (const [index, line] of lines.entries()) {
      const seq = Number(line.dataset.seq);
      // The head of a day stands above its first entry.
      const above = seq || Number(lines.slice(index).find((one) => one.dataset.seq)?.dataset.seq);
      if (!taken.includes(above)) continue;
      if (seq) (this.by(line.dataset.key ?? "") ?? this.at(seq))?.remove();
      this.place(line, seq || above - 0.5);
    }
  }

  /** Show another part of the talk; what is on its way stays at the end. @param {{lines: HTMLElement[]}} made */
  replace({ lines }) {
    for (const line of lines) if (line.dataset.key) this.by(line.dataset.key)?.remove();
    for (const one of [...this.list.children]) if (!(one instanceof HTMLElement && one.dataset.key && !one.dataset.seq)) one.remove();
    this.list.prepend(...lines);
  }

  /** A way on at the end of a part. @param {number} seq after which there is more */
  more(seq) {
    const line = document.createElement("li");
    line.className = "thread-more";
    const link = document.createElement("a");
    link.className = "button plain";
    link.href = `?after=${seq}`;
    link.dataset.chatLater = String(seq);
    link.textContent = "Показать дальше";
    line.append(link);
    this.place(line, seq);
  }

  /** @param {number} delivered @param {number} read how far the other side got */
  marks(delivered, read) {
    this.delivered = Math.max(this.delivered, delivered);
    this.read = Math.max(this.read, read);
    for (const line of this.list.querySelectorAll(".mine[data-seq]")) this.state(/** @type {HTMLElement} */ (line));
  }

  /** @param {HTMLElement} line */
  state(line) {
    const place = part(line, "state");
    if (!place) return;
    const seq = Number(line.dataset.seq);
    const far = seq <= this.read ? "прочитано" : seq <= this.delivered ? "доставлено" : "отправлено";
    if (place.textContent !== ` · ${far}`) place.textContent = ` · ${far}`;
  }
}
