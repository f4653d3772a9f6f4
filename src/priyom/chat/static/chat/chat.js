/**
 * The talk of an open page: socket, outbox and list held together. Other modules meet it by events on the
 * document. They hear chat:entry (the frame), chat:signal {from, call, data}, chat:state {state}, chat:line {up};
 * they say chat:say {body, refers} (cancelled when taken), chat:attached {kind, files, key}, chat:typing,
 * chat:signal-out {call, data}.
 */
import { Outbox } from "./outbox.js";
import { Presence } from "./presence.js";
import { Reading } from "./reading.js";
import { refresh } from "./refresh.js";
import { Line } from "./socket.js";
import { Thread } from "./thread.js";

const PAGE = 100;
const FEW = 20;
/** What changes the head of the page while the state stays. */
const TOLD = ["consented", "rescheduled", "move_asked", "handed_over"];

/** @param {HTMLElement} list @param {{signal: AbortSignal}} life */
export default async function chat(list, { signal }) {
  const { root = "", ticket = "", token = "", consultation = "", account = "", side = "", live } = list.dataset;
  const thread = new Thread(list, account);
  const line = new Line({ ticket, token, consultation, last: thread.shown });
  const reading = new Reading(thread, line, root, signal);
  const presence = new Presence(side, account);
  const outbox = new Outbox(consultation, account, {
    send: ({ k, kind, body, refers, files }) => line.send({ t: "send", k, kind, body, refers, files }),
    show: (item, state) => reading.keep(() => thread.pending(item, state)),
  });
  /** @type {import("./thread.js").Entry[]} */
  let heard = [];
  let timer = 0;
  let asking = false;

  /** Fetch as HTML whatever stands after the last line shown. */
  const ask = async () => {
    if (asking) return;
    asking = true;
    try {
      for (let count = PAGE; count === PAGE;) {
        const answer = await fetch(`${root}entries/?after=${thread.shown}`, { headers: { Accept: "text/html" }, redirect: "error" });
        if (!answer.ok) throw new Error(String(answer.status));
        const html = await answer.text();
        reading.keep(() => { count = thread.take(html); });
      }
    } catch {
      timer = window.setTimeout(flush, 3000);
      return;
    } finally {
      asking = false;
    }
    if (thread.shown < line.last) timer = window.setTimeout(flush, 300);
    thread.marks(0, 0);
    reading.seen();
  };
  const flush = () => {
    window.clearTimeout(timer);
    const entries = heard;
    heard = [];
    if (entries.length > FEW) return void ask();
    for (const entry of entries) {
      if (entry.seq <= thread.shown) continue;
      if (!thread.isPlain(entry)) return void ask();
      reading.keep(() => thread.add(entry));
    }
    if (thread.shown < line.last) return void ask();
    reading.seen();
  };

  /** @param {string} name @param {(frame: any) => void} act */
  const on = (name, act) => line.addEventListener(name, (event) => act(/** @type {CustomEvent} */ (event).detail), { signal });
  /** @param {string} name @param {(detail: any, event: Event) => void} act */
  const hear = (name, act) => document.addEventListener(name, (event) => act(/** @type {CustomEvent} */ (event).detail, event), { signal });
  /** @param {string} name @param {unknown} detail */
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

  on("up", (frame) => {
    presence.ready(frame);
    thread.marks(...presence.far());
    outbox.up();
    list.dataset.line = "up";
    tell("chat:line", { up: true });
    tell("ui:offline", false);
    if (list.dataset.state && list.dataset.state !== frame.state) refresh(frame.state, side);
    list.dataset.state = frame.state;
    if (thread.shown < frame.last) timer = window.setTimeout(flush, 50);
  });
  on("down", () => {
    outbox.down();
    presence.here([]); // nobody knows now
    list.dataset.line = "down";
    tell("chat:line", { up: false });
    window.setTimeout(() => { if (!line.isReady && !line.isOver) tell("ui:offline", true); }, 3000);
  });
  on("entry", (frame) => {
    outbox.acked(frame.k);
    if (frame.author !== account) { presence.wrote(frame.author); reading.announce(frame); }
    heard.push(frame);
    window.clearTimeout(timer);
    timer = window.setTimeout(flush, 0);
    if (TOLD.includes(frame.kind)) refresh(list.dataset.state ?? "", side);
    tell("chat:entry", frame);
  });
  on("ack", ({ k, seq, at }) => {
    outbox.acked(k);
    const own = thread.by(k);
    if (!own || own.dataset.seq) return;
    const isNext = seq === thread.shown + 1 && thread.isSameDay(at) && own.dataset.files === undefined;
    reading.keep(() => { thread.number(own, seq, at); thread.place(own, seq); });
    if (isNext) thread.shown = seq;
    else timer = window.setTimeout(flush, 100);
  });
  on("refused", ({ k, code, text }) => { if (k) outbox.refused(k, code, text); });
  on("marks", (frame) => { presence.mark(frame); thread.marks(...presence.far()); });
  on("presence", (frame) => presence.here(frame.here));
  on("typing", (frame) => presence.typing(frame.account));
  on("signal", (frame) => tell("chat:signal", frame));
  on("state", (frame) => {
    list.dataset.state = frame.state;
    tell("chat:state", frame);
    refresh(frame.state, side);
  });
  on("over", ({ why }) => {
    list.dataset.line = "over";
    if (why === "many") reading.say("Чат открыт в слишком многих вкладках. Закройте лишние и обновите страницу.");
    else if (Date.now() - Number(sessionStorage.getItem("chat:reloaded")) > 30_000) {
      sessionStorage.setItem("chat:reloaded", String(Date.now())); // never in a circle
      window.setTimeout(() => window.location.reload(), 500); // the server says what is the matter
    } else reading.say("Чат не открылся. Обновите страницу.");
  });

  hear("chat:say", ({ body, refers }, event) => { event.preventDefault(); outbox.add({ body, refers }); reading.toEnd(); });
  hear("chat:attached", ({ kind, files, key }) => {
    outbox.add({ k: key, kind, files: files.map((/** @type {{id: string}} */ one) => one.id), names: files.map((/** @type {{name: string}} */ one) => one.name) });
    reading.toEnd();
  });
  hear("chat:typing", () => presence.mine(() => line.send({ t: "typing" })));
  hear("chat:signal-out", ({ call, data }) => line.send({ t: "signal", call, data }));
  list.addEventListener("click", (event) => {
    const pressed = /** @type {HTMLElement} */ (event.target).closest("[data-chat-act=again]");
    if (pressed instanceof HTMLElement) outbox.again(pressed.dataset.chatKey ?? "");
  }, { signal });

  reading.begin(Boolean(live));
  if (live) line.start(signal);
  await outbox.load();
}
