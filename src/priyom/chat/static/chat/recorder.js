/**
 * A voice or video message: record, listen, send or throw away. Nothing leaves the device before «Отправить».
 */

const LONGEST = 5 * 60;
const FORMS = {
  voice: ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"],
  video: ["video/webm;codecs=vp9,opus", "video/webm;codecs=vp8,opus", "video/mp4"],
};

/** @param {HTMLElement} panel @param {{signal: AbortSignal}} life */
export default function recorder(panel, { signal }) {
  const find = (/** @type {string} */ name) => /** @type {HTMLElement} */ (panel.querySelector(`[data-record-${name}]`));
  const live = /** @type {HTMLVideoElement} */ (find("live"));
  /** @type {"voice" | "video"} */ let kind = "voice";
  /** @type {MediaRecorder | null} */ let tape = null;
  /** @type {Blob | null} */ let made = null;
  let timer = 0;
  let began = 0;

  const show = (/** @type {"recording" | "ready" | "trouble" | ""} */ step, words = "") => {
    panel.hidden = !step;
    panel.dataset.step = step;
    find("words").textContent = words;
    find("stop").hidden = step !== "recording";
    find("send").hidden = find("again").hidden = step !== "ready";
    live.hidden = kind === "voice" || step !== "recording";
    if (step !== "ready") find("play").replaceChildren();
  };

  const stop = () => {
    window.clearInterval(timer);
    if (tape?.state === "recording") tape.stop();
    tape?.stream.getTracks().forEach((track) => track.stop());
    live.srcObject = null;
  };

  const start = async () => {
    made = null;
    const type = FORMS[kind].find((one) => window.MediaRecorder?.isTypeSupported(one));
    if (!type || !navigator.mediaDevices) {
      return show("trouble", "Этот браузер не умеет записывать. Приложите готовый файл скрепкой.");
    }
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: kind === "video" && { facingMode: "user", width: { ideal: 640 } } });
      const pieces = /** @type {Blob[]} */ ([]);
      tape = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 32_000, videoBitsPerSecond: 900_000 });
      tape.addEventListener("dataavailable", ({ data }) => { if (data.size) pieces.push(data); });
      tape.addEventListener("stop", () => ready(new Blob(pieces, { type: type.split(";")[0] })));
      tape.start(1000);
      live.srcObject = kind === "video" ? stream : null;
      began = Date.now();
      timer = window.setInterval(tick, 250);
      show("recording", "Запись 0:00");
      find("stop").focus();
    } catch (error) {
      const denied = error instanceof Error && error.name === "NotAllowedError";
      show("trouble", denied
        ? "Браузер не дал доступ к микрофону. Нажмите на значок замка в строке адреса, разрешите и попробуйте ещё раз."
        : "Микрофон или камера не включились. Приложите готовый файл скрепкой или напишите словами.");
    }
  };

  const tick = () => {
    const seconds = Math.floor((Date.now() - began) / 1000);
    find("words").textContent = `Запись ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds >= LONGEST) stop();
  };

  const ready = (/** @type {Blob} */ blob) => {
    if (panel.dataset.step !== "recording") return;
    made = blob;
    show("ready", "Послушайте перед отправкой");
    const player = document.createElement(kind === "voice" ? "audio" : "video");
    player.controls = true;
    player.src = URL.createObjectURL(blob);
    find("play").replaceChildren(player);
    find("send").focus();
  };

  panel.addEventListener("click", (event) => {
    const { dataset } = /** @type {HTMLElement} */ (/** @type {HTMLElement} */ (event.target).closest("button") ?? panel);
    if ("recordStop" in dataset) stop();
    if ("recordAgain" in dataset) start();
    if ("recordCancel" in dataset) { show(""); stop(); made = null; }
    if ("recordSend" in dataset && made) {
      const end = made.type.includes("mp4") ? (kind === "voice" ? "m4a" : "mp4") : made.type.includes("ogg") ? "ogg" : "webm";
      const name = `${kind === "voice" ? "Голосовое сообщение" : "Видеосообщение"}.${end}`;
      document.dispatchEvent(new CustomEvent("chat:upload", { detail: { kind, blob: made, name } }));
      made = null;
      show("");
    }
  }, { signal });
  document.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("[data-record]");
    if (!(button instanceof HTMLElement)) return;
    kind = button.dataset.record === "video" ? "video" : "voice";
    stop();
    start();
  }, { signal });
  signal.addEventListener("abort", stop);
}
