/**
 * What asks for attention: the number before the title, and a sound when something new came unseen. The button
 * switches the sound; the choice is kept in this browser, by itself it is on at the desk and off for patients.
 * Rooms say "ui:news" {looked} for something new and "ui:count" {count} for what waits altogether.
 * @param {HTMLElement} button @param {import("../app.js").Life} life
 */
export default function attention(button, { signal }) {
  const key = `sound:${document.documentElement.dataset.audience}`;
  let isOn = (localStorage.getItem(key) ?? button.dataset.byItself) === "on";
  let away = 0;
  let waiting = 0;
  /** @type {AudioContext | null} */
  let context = null;

  const show = () => {
    button.setAttribute("aria-pressed", String(isOn));
    button.title = isOn ? "Звук новых сообщений включён" : "Звук новых сообщений выключен";
  };
  const title = () => {
    const count = away + waiting;
    const plain = document.title.replace(/^\(\d+\) /, "");
    document.title = count ? `(${count}) ${plain}` : plain;
  };
  const sound = () => {
    // Several tabs of one person say it once.
    if (Date.now() - Number(localStorage.getItem("sound:last")) < 1000) return;
    localStorage.setItem("sound:last", String(Date.now()));
    context ??= new AudioContext();
    document.dispatchEvent(new CustomEvent("ui:sounded"));
    context.resume().then(() => { if (context) chime(context); }, () => undefined); // not before the first touch of the page
  };
  const look = () => {
    if (document.visibilityState !== "visible" || !document.hasFocus()) return;
    away = 0;
    title();
  };

  document.addEventListener("ui:news", (event) => {
    if (/** @type {CustomEvent} */ (event).detail.looked) return;
    away += document.visibilityState === "visible" && document.hasFocus() ? 0 : 1;
    title();
    if (isOn) sound();
  }, { signal });
  document.addEventListener("ui:count", (event) => {
    waiting = /** @type {CustomEvent} */ (event).detail.count;
    title();
  }, { signal });
  document.addEventListener("visibilitychange", look, { signal });
  window.addEventListener("focus", look, { signal });
  button.addEventListener("click", () => {
    isOn = !isOn;
    localStorage.setItem(key, isOn ? "on" : "off");
    show();
    if (!isOn) return;
    context ??= new AudioContext();
    chime(context); // the press lets the browser sound, and shows how it sounds
  }, { signal });
  signal.addEventListener("abort", () => { context?.close().catch(() => undefined); });
  show();
}

/** @param {AudioContext} context */
function chime(context) {
  const [voice, loud, now] = [context.createOscillator(), context.createGain(), context.currentTime];
  voice.frequency.value = 660;
  loud.gain.setValueAtTime(0.0001, now);
  loud.gain.exponentialRampToValueAtTime(0.08, now + 0.02);
  loud.gain.exponentialRampToValueAtTime(0.0001, now + 0.3);
  voice.connect(loud).connect(context.destination);
  voice.start(now);
  voice.stop(now + 0.32);
}
