/**
 * A voice message: waveform, place, speed 1 / 1.5 / 2, the next one after it. Without script the browser's own player
 * stands there; it stays the engine here. One plays at a time; where one stopped is remembered until the tab is closed.
 */
import mend from "./mend.js";

const SPEEDS = [1, 1.5, 2];
const SPEED = "chat:speed";

/** @param {HTMLElement} box <div class="voice"> @param {{signal: AbortSignal}} life */
export default function player(box, { signal }) {
  const find = (/** @type {string} */ name) => /** @type {HTMLElement} */ (box.querySelector(`[data-voice-${name}]`));
  const media = /** @type {HTMLAudioElement} */ (box.querySelector("audio"));
  const play = find("play");
  const place = /** @type {HTMLInputElement} */ (find("place"));
  const wave = box.querySelector("svg.voice-wave");
  const known = Number(box.dataset.seconds);
  const key = `voice:${box.dataset.file}`;
  const kept = Number(sessionStorage.getItem(key)) || 0;

  const whole = () => known || (Number.isFinite(media.duration) ? media.duration : 0);
  const said = (/** @type {number} */ seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
  /** @param {number} at seconds */
  const draw = (at) => {
    const share = whole() ? Math.min(1, at / whole()) : 0;
    place.max = String(whole() || 1);
    place.value = String(at);
    place.setAttribute("aria-valuetext", `${said(at)} из ${said(whole())}`);
    box.style.setProperty("--played", `${(share * 100).toFixed(1)}%`);
    find("clock").textContent = at > 0.05 ? `${said(at)} / ${said(whole())}` : said(whole());
  };
  const speed = () => {
    const now = SPEEDS.find((one) => String(one) === localStorage.getItem(SPEED)) ?? 1;
    media.defaultPlaybackRate = media.playbackRate = now;
    const words = String(now).replace(".", ",");
    find("speed").textContent = `${words}×`;
    find("speed").setAttribute("aria-label", `Скорость ${words}. Сменить`);
    return now;
  };
  const look = () => {
    box.dataset.state = media.paused ? "" : "playing";
    play.setAttribute("aria-label", `${media.paused ? "Слушать" : "Пауза"}: ${box.dataset.name}`);
  };
  const start = async () => {
    document.dispatchEvent(new CustomEvent("chat:playing", { detail: media }));
    // Before the head of the file is there the place is only wished for.
    if (!media.readyState && Number(place.value)) media.addEventListener("loadedmetadata", () => { media.currentTime = Number(place.value); }, { once: true, signal });
    await media.play().catch(() => undefined);
  };

  if (wave) { // the same once more, as far as it is played
    const played = /** @type {SVGElement} */ (wave.cloneNode(true));
    played.classList.add("played");
    wave.after(played);
  }
  box.classList.add("ready");
  media.controls = false;
  speed();
  draw(kept);
  look();
  mend(media, { signal });
  if (kept) media.addEventListener("loadedmetadata", () => { if (!media.currentTime) media.currentTime = kept; }, { once: true, signal });

  play.addEventListener("click", () => { if (media.paused) start(); else media.pause(); }, { signal });
  place.addEventListener("input", () => {
    const at = Number(place.value);
    if (media.readyState) media.currentTime = at;
    sessionStorage.setItem(key, String(at));
    draw(at);
  }, { signal });
  find("speed").addEventListener("click", () => {
    localStorage.setItem(SPEED, String(SPEEDS[(SPEEDS.indexOf(speed()) + 1) % SPEEDS.length]));
    document.dispatchEvent(new CustomEvent(SPEED));
  }, { signal });
  for (const name of ["play", "pause"]) media.addEventListener(name, look, { signal });
  media.addEventListener("timeupdate", () => {
    if (!media.readyState) return;
    sessionStorage.setItem(key, media.currentTime.toFixed(1));
    draw(media.currentTime);
  }, { signal });
  media.addEventListener("ended", () => {
    sessionStorage.removeItem(key);
    media.currentTime = 0;
    draw(0);
    next(box)?.dispatchEvent(new CustomEvent("voice:start"));
  }, { signal });
  box.addEventListener("voice:start", () => { start(); play.focus({ preventScroll: true }); box.scrollIntoView({ block: "nearest" }); }, { signal });
  document.addEventListener("chat:playing", (event) => { if (/** @type {CustomEvent} */ (event).detail !== media) media.pause(); }, { signal });
  document.addEventListener(SPEED, speed, { signal });
  signal.addEventListener("abort", () => media.pause());
}

/** The voice message that follows in the talk. @param {HTMLElement} box @returns {Element | null} */
function next(box) {
  const all = [...document.querySelectorAll(".bubble[data-kind=voice] .voice")];
  return all[all.indexOf(box) + 1] ?? null;
}
