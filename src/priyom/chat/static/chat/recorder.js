/**
 * A voice or video message: record, pause, listen, send or throw away. Nothing leaves the device before «Отправить»;
 * what an earlier visit left unsent is offered. The queue (attach.js) takes it by chat:upload.
 */
import { length, player } from "./listen.js";
import { COUNTDOWN, formOf, LONGEST, Recording } from "./tape.js";
import { forget, left, whole } from "./tapes.js";

/** @typedef {import("./tapes.js").Tape} Tape @typedef {"recording" | "paused" | "ready" | "found" | "trouble" | ""} Step */

const NAMES = { voice: "Голосовое сообщение", video: "Видеосообщение" };
const SILENT_AFTER = 5; // seconds without a sound

/** @param {HTMLElement} panel @param {{signal: AbortSignal}} life */
export default async function recorder(panel, { signal }) {
  const { consultation = "", account = "" } = panel.dataset;
  const find = (/** @type {string} */ name) => /** @type {HTMLElement} */ (panel.querySelector(`[data-record-${name}]`));
  const live = /** @type {HTMLVideoElement} */ (find("live"));
  /** @type {Recording | null} */ let now = null;
  /** @type {{tape: Tape, blob: Blob} | null} */ let made = null;
  let [heardAt, told, wasUnheard] = [0, 0, false];

  /** @param {Step} step @param {string} [words] */
  const show = (step, words = "") => {
    panel.hidden = !step;
    panel.dataset.step = step;
    say(words);
    for (const part of panel.querySelectorAll("[data-when]")) {
      /** @type {HTMLElement} */ (part).hidden = !(/** @type {HTMLElement} */ (part).dataset.when ?? "").split(" ").includes(step);
    }
    live.hidden = now?.tape.kind !== "video" || !["recording", "paused"].includes(step);
    if (!["ready", "found"].includes(step)) find("play").replaceChildren();
  };
  const say = (/** @type {string} */ words) => { if (find("words").textContent !== words) find("words").textContent = words; };

  /** @param {"voice" | "video"} kind */
  const start = async (kind) => {
    const form = formOf(kind);
    if (!form || !navigator.mediaDevices) return show("trouble", "Этот браузер не умеет записывать. Приложите готовый файл скрепкой.");
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: kind === "video" && { facingMode: "user", width: { ideal: 640 } } });
      const tape = { id: crypto.randomUUID(), consultation, account, kind, type: form.split(";")[0], at: Date.now(), seconds: 0 };
      now = new Recording(stream, tape, form, { tick, level, ready: (blob, full) => ready({ tape, blob }, full) });
      live.srcObject = kind === "video" ? stream : null;
      [heardAt, told, wasUnheard] = [performance.now(), Infinity, false];
      tick(0); // or the clock of the recording before would stand there for a moment
      show("recording", kind === "voice" ? "Идёт запись. Говорите" : "Идёт запись");
      find("stop").focus();
    } catch (error) {
      const denied = error instanceof Error && error.name === "NotAllowedError";
      show("trouble", denied
        ? "Браузер не дал доступ к микрофону. Нажмите на значок замка в строке адреса, разрешите и попробуйте ещё раз."
        : "Микрофон или камера не включились. Приложите готовый файл скрепкой или напишите словами.");
    }
  };

  /** The clock is for the eyes; screen readers hear the state and the last seconds. @param {number} seconds */
  const tick = (seconds) => {
    const rest = Math.ceil(LONGEST - seconds);
    const isNear = rest <= COUNTDOWN;
    find("clock").textContent = isNear ? `осталось ${length(rest)}` : `${length(seconds)} из ${length(LONGEST)}`;
    find("clock").classList.toggle("near", isNear);
    const mark = [10, COUNTDOWN].find((one) => rest <= one);
    if (mark && mark < told) { told = mark; say(`Осталось ${mark} секунд`); }
  };
  const level = (/** @type {number} */ loud) => {
    panel.style.setProperty("--level", loud.toFixed(2));
    if (loud > 0.02 || now?.isPaused) heardAt = performance.now();
    const isUnheard = performance.now() - heardAt > SILENT_AFTER * 1000;
    if (isUnheard === wasUnheard || panel.dataset.step !== "recording" || told < Infinity) return; // the last seconds are not talked over
    wasUnheard = isUnheard;
    say(isUnheard ? "Вас не слышно. Проверьте, не закрыт ли микрофон" : "Вас слышно");
  };

  /** @param {{tape: Tape, blob: Blob}} whole @param {boolean} full */
  const ready = (whole, full) => {
    now = null;
    live.srcObject = null;
    if (!whole.blob.size) {
      forget(whole.tape);
      return show("trouble", "Ничего не записалось: микрофон или камера, похоже, заняты. Закройте другие программы и запишите ещё раз.");
    }
    made = whole;
    offer("ready", full ? `Запись дошла до ${LONGEST / 60} минут и остановилась. Послушайте перед отправкой` : "Послушайте перед отправкой");
    find("send").focus();
  };
  const offer = (/** @type {"ready" | "found"} */ step, /** @type {string} */ words) => {
    if (!made) return;
    find("found").textContent = `Отправить запись, ${length(made.tape.seconds)}`;
    show(step, words);
    find("play").replaceChildren(player(made));
  };

  /** What an earlier visit left, the newest first. */
  const look = async () => {
    const [tape] = await left(consultation, account);
    if (!tape || now || made || panel.dataset.step) return;
    const blob = await whole(tape).catch(() => null);
    if (!blob?.size) return void forget(tape);
    made = { tape, blob };
    offer("found", `Осталась неотправленная запись, ${length(tape.seconds)}`);
  };

  const send = () => {
    if (!made) return;
    const { tape, blob } = made;
    const end = tape.type.includes("mp4") ? (tape.kind === "voice" ? "m4a" : "mp4") : tape.type.includes("ogg") ? "ogg" : "webm";
    const kept = async () => { await forget(tape); await look(); };
    made = null;
    show("");
    back(tape);
    document.dispatchEvent(new CustomEvent("chat:upload", { detail: { kind: tape.kind, blob, name: `${NAMES[tape.kind]}.${end}`, kept } }));
  };
  const back = (/** @type {Tape | undefined} */ tape) => /** @type {HTMLElement | null} */ (document.querySelector(`[data-record="${tape?.kind}"]`))?.focus();
  const drop = async () => {
    const tape = now?.tape ?? made?.tape;
    now?.throw();
    [now, made] = [null, null];
    show("");
    back(tape);
    if (tape) await forget(tape);
    await look();
  };

  panel.addEventListener("click", async (event) => {
    const { dataset } = /** @type {HTMLElement} */ (/** @type {HTMLElement} */ (event.target).closest("button") ?? panel);
    if ("recordStop" in dataset) now?.stop();
    if ("recordPause" in dataset) pause();
    if ("recordResume" in dataset) { now?.resume(); show("recording", "Запись продолжается"); find("stop").focus(); }
    if ("recordAgain" in dataset && made) { const { tape } = made; made = null; await forget(tape); await start(tape.kind); }
    if ("recordCancel" in dataset) await drop();
    if ("recordSend" in dataset || "recordFound" in dataset) send();
  }, { signal });
  const pause = () => {
    if (panel.dataset.step !== "recording") return;
    now?.pause();
    show("paused", "Пауза. Записанное сохранено");
    find("resume").focus();
  };
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape") pause(); }, { signal });
  document.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("[data-record]");
    if (!(button instanceof HTMLElement) || now) return;
    made = null; // one that was left stays on this device
    start(button.dataset.record === "video" ? "video" : "voice");
  }, { signal });
  signal.addEventListener("abort", () => now?.stop());
  for (const button of document.querySelectorAll("[data-record]")) /** @type {HTMLButtonElement} */ (button).disabled = false; // till here a tap would be lost
  await look();
}
