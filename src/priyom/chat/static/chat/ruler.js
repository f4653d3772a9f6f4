/**
 * A photo of the skin with a ruler: the rear camera in a dialog, a circle for a coin, a strip of millimetres below the
 * picture. Judged as every photo is, before the strip is drawn; the queue (attach.js) takes it by chat:upload.
 */
import { ADVICE } from "./coach.js";
import { judge } from "./coach_judge.js";
import { burnt, overlay } from "./ruler_draw.js";
import { NAMES, scale } from "./ruler_scale.js";

/** @typedef {import("./ruler_scale.js").Coin} Coin @typedef {"starting" | "live" | "look" | "trouble"} Step */

const NAME = "Фото с линейкой.jpg";
/** @type {Record<string, string>} what to do when the camera does not come, by the error's name */
const TROUBLE = {
  NotAllowedError: "Браузер не дал доступ к камере. Разрешите её в настройках сайта: значок слева в строке адреса. Потом попробуйте ещё раз.",
  NotFoundError: "Камера не нашлась. Снимите телефоном, положив рядом монету или линейку, и приложите фото скрепкой.",
  NoPicture: "Снимок не получился. Попробуйте ещё раз или приложите готовое фото скрепкой.",
};
const BUSY = "Камера не включилась. Закройте другие программы, которым она нужна, и попробуйте ещё раз. Или приложите готовое фото скрепкой.";
// A canvas of an iPhone holds 16.7 million pixels: this and the strip fit in.
const CAMERA = { audio: false, video: { facingMode: "environment", width: { ideal: 3840 }, height: { ideal: 2160 } } };

/** @param {HTMLElement} element <dialog> @param {{signal: AbortSignal}} life */
export default function ruler(element, { signal }) {
  const box = /** @type {HTMLDialogElement} */ (element);
  const find = (/** @type {string} */ name) => /** @type {HTMLElement} */ (box.querySelector(`[data-ruler-${name}]`));
  const video = /** @type {HTMLVideoElement} */ (find("live"));
  const picture = /** @type {HTMLImageElement} */ (find("picture"));
  const opener = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-ruler-open]"));
  /** @type {MediaStream | null} */ let stream = null;
  /** @type {Blob | null} */ let made = null;
  if (!opener) return;
  if (!navigator.mediaDevices?.getUserMedia) { opener.hidden = true; return; }

  const coin = () => /** @type {Coin} */ (/** @type {HTMLInputElement} */ (box.querySelector("[name=ruler-coin]:checked")).value);
  const now = () => scale(video.videoWidth, video.videoHeight, coin());

  /** @param {Step} step @param {string} words */
  const show = (step, words) => {
    box.dataset.step = step;
    find("words").textContent = words;
    for (const part of /** @type {NodeListOf<HTMLElement>} */ (box.querySelectorAll("[data-when]"))) {
      part.hidden = !(part.dataset.when ?? "").split(" ").includes(step);
    }
  };
  const aim = () => {
    if (!video.videoWidth || made) return;
    const size = now();
    overlay(/** @type {HTMLCanvasElement} */ (find("over")), size, coin());
    find("frame").style.setProperty("--shape", String(size.width / size.whole));
    show("live", `Положите рядом монету ${NAMES[coin()]} и совместите с кругом. Монета лежит на коже, телефон ровно над ней.`);
  };
  const stop = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    [stream, video.srcObject] = [null, null];
  };
  const forget = () => {
    URL.revokeObjectURL(picture.src);
    picture.removeAttribute("src");
    made = null;
  };

  const start = async () => {
    show("starting", "Включаем камеру");
    try {
      const came = await navigator.mediaDevices.getUserMedia(CAMERA);
      if (!box.open || stream) return came.getTracks().forEach((track) => track.stop()); // closed meanwhile
      stream = came;
      came.getVideoTracks()[0].addEventListener("ended", () => { stop(); if (!made) fail(""); });
      video.srcObject = came;
      await video.play();
      find("shoot").focus();
    } catch (error) {
      stop();
      if (box.open) fail(error instanceof Error ? error.name : "");
    }
  };
  const fail = (/** @type {string} */ name) => {
    show("trouble", TROUBLE[name] ?? BUSY);
    find("retry").focus();
  };

  const shoot = async () => {
    const button = /** @type {HTMLButtonElement} */ (find("shoot"));
    button.disabled = true; // a large picture takes a moment
    video.pause();
    await taken().catch(() => {
      stop();
      if (box.open) fail("NoPicture");
    });
    button.disabled = false;
  };
  const taken = async () => {
    const size = now();
    const still = document.createElement("canvas");
    [still.width, still.height] = [size.width, size.height];
    still.getContext("2d")?.drawImage(video, 0, 0);
    const [{ verdict }, blob] = await Promise.all([judge(still), burnt(still, size, coin())]);
    if (!box.open) return;
    made = blob;
    picture.src = URL.createObjectURL(blob);
    const advice = ADVICE[verdict];
    show("look", advice ? `${advice[0]}. ${advice[1]}` : "Монета точно в круге? Если нет, снимите ещё раз: по ней врач судит о размере.");
    find("send-words").textContent = advice ? "Отправить как есть" : "Отправить";
    find("send").classList.toggle("main", !advice);
    find("again").classList.toggle("main", Boolean(advice));
    find(advice ? "again" : "send").focus();
  };
  const again = () => {
    forget();
    if (!stream) return void start();
    video.play().catch(() => undefined); // closed at once
    aim();
    find("shoot").focus();
  };
  const send = () => {
    document.dispatchEvent(new CustomEvent("chat:upload", { detail: { kind: "file", blob: made, name: NAME } }));
    box.close();
  };

  /** @type {Record<string, () => unknown>} */
  const acts = { shoot, again, send, retry: start, close: () => box.close() };
  box.addEventListener("click", (event) => {
    const pressed = /** @type {HTMLElement} */ (event.target).closest("button");
    for (const [name, act] of Object.entries(acts)) if (pressed?.matches(`[data-ruler-${name}]`)) act();
  }, { signal });
  box.addEventListener("change", aim, { signal });
  video.addEventListener("loadedmetadata", aim, { signal });
  video.addEventListener("resize", aim, { signal }); // the phone was turned
  box.addEventListener("close", () => { stop(); forget(); opener.focus(); }, { signal });
  document.addEventListener("visibilitychange", () => {
    // A phone halts the picture of a page that was left.
    if (!document.hidden && stream && box.dataset.step === "live") video.play().catch(() => undefined);
  }, { signal });
  opener.addEventListener("click", () => { box.showModal(); start(); }, { signal });
  signal.addEventListener("abort", stop);
  opener.disabled = false; // till here a tap would be lost
}
