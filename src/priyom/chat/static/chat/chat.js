/**
 * The talk of an open page: socket, outbox and list held together. Other modules meet it by events on the
 * document. They hear chat:entry (the frame), chat:signal {from, call, data}, chat:state {state}, chat:line {up},
 * chat:quote {seq, who, what} | null, ui:news {looked}; they say chat:say {body, refers} (cancelled when taken),
 * chat:attached {kind, files, key, kept} (likewise), chat:to {seq, done}, chat:quote-step, chat:typing,
 * chat:signal-out {call, data}.
 */
import { Outbox } from "./outbox.js";
import { Presence } from "./presence.js";
import { feed } from "./feed.js";
import { folding } from "./folding.js";
import { Reading } from "./reading.js";
import { refresh } from "./refresh.js";
import { replies } from "./reply.js";
import { Scroll } from "./scroll.js";
import { Sequence } from "./sequence.js";
import { Line } from "./socket.js";
import { spare } from "./ways.js";
import { Thread } from "./thread.js";
import { Windows } from "./windows.js";

/** What changes the head of the page while the state stays. */
const TOLD = ["consented", "rescheduled", "move_asked", "handed_over"];

/** @param {HTMLElement} list @param {{signal: AbortSignal}} life */
export default async function chat(list, { signal }) {
  const { root = "", ticket = "", token = "", consultation = "", account = "", side = "", live } = list.dataset;
  const thread = new Thread(list, account);
  /** @type {Sequence<import("./thread.js").Entry>} */
  const sequence = new Sequence(Number(list.dataset.last), Number(list.dataset.end));
  const line = new Line({ ticket, token, consultation, after: () => sequence.after });
  const scroll = new Scroll(list, signal);
  const reading = new Reading({ thread, sequence, scroll, line }, signal);
  const windows = new Windows({ thread, sequence, scroll, root }, () => soon(0));
  const presence = new Presence(side, account);
  const outbox = new Outbox(consultation, account, {
    send: ({ k, kind, body, refers, files }) => line.send({ t: "send", k, kind, body, refers, files }),
    show: (item, state) => scroll.keep(() => thread.pending(item, state)),
  });
  const soon = feed({ thread, sequence, scroll, windows }, () => reading.look());

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
    list.dataset.way = line.ways.name;
    scroll.hold(() => spare(frame.spare));
    tell("chat:line", { up: true });
    tell("ui:offline", false);
    if (list.dataset.state && list.dataset.state !== frame.state) refresh(frame.state, side);
    list.dataset.state = frame.state;
    sequence.reach(frame.last);
    soon(50);
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
    if (!sequence.hear(frame)) return;
    if (frame.author !== account) { presence.wrote(frame.author); reading.announce(frame); }
    soon(0);
    if (TOLD.includes(frame.kind)) refresh(list.dataset.state ?? "", side);
    tell("chat:entry", frame);
  });
  on("ack", ({ k, seq, at }) => {
    const own = outbox.acked(k);
    // Its words are here already; a message with files comes from the server, as everybody sees it.
    if (own?.files.length === 0) sequence.hear({ ...own, seq, at, author: account, side, name: "" });
    else sequence.reach(seq);
    if (!sequence.isTail) thread.by(k)?.remove();
    soon(own?.files.length ? 100 : 0);
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

  hear("chat:say", ({ body, refers }, event) => {
    event.preventDefault();
    outbox.add({ body, refers });
    windows.end();
  });
  hear("chat:attached", ({ kind, files, key, kept }, event) => {
    event.preventDefault();
    outbox.add({ k: key, kind, files: files.map((/** @type {{id: string}} */ one) => one.id), names: files.map((/** @type {{name: string}} */ one) => one.name) }).then(kept);
    windows.end();
  });
  hear("chat:to", async ({ seq, done }) => {
    const found = await windows.to(seq);
    done?.(found);
  });
  hear("chat:looked", () => windows.near());
  hear("chat:typing", () => presence.mine(() => line.send({ t: "typing" })));
  hear("chat:signal-out", ({ call, data }) => line.send({ t: "signal", call, data }));
  list.addEventListener("click", (event) => {
    const pressed = /** @type {HTMLElement} */ (event.target).closest("[data-chat-act], [data-chat-to], [data-chat-earlier], [data-chat-later]");
    if (!(pressed instanceof HTMLElement)) return;
    const { chatAct, chatKey = "", chatTo, chatEarlier } = pressed.dataset;
    event.preventDefault();
    if (chatAct === "again") outbox.again(chatKey);
    else if (chatAct === "drop") { outbox.drop(chatKey); thread.by(chatKey)?.remove(); }
    else if (chatTo) windows.to(Number(chatTo));
    else if (!chatAct) chatEarlier ? windows.earlier() : windows.later();
  }, { signal });
  document.querySelector("[data-chat-jump]")?.addEventListener("click", () => windows.end(), { signal });

  folding(list, signal);
  replies(list, signal);
  reading.begin(Boolean(live));
  if (live) line.start(signal);
  await outbox.load();
}
