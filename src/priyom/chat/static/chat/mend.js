/**
 * Keeps a player alive: its link dies after a minute (it asks for a new one and goes on from where it was), and a
 * recording that this device cannot play may get its other codec any moment (it says so and tries again).
 * <video|audio data-behaviour="mend"> of <source> elements; the words go to the element named by data-mend-words.
 */

const WAITS = [5, 10, 20, 40]; // seconds between tries for the other codec
const ONCE_IN = 5000; // ms between two new links

/** @param {HTMLElement} element @param {{signal: AbortSignal}} life */
export default function mend(element, { signal }) {
  const media = /** @type {HTMLMediaElement} */ (element);
  const { expected } = media.dataset;
  let tries = 0;
  let last = -Infinity;
  let place = 0;

  const say = (/** @type {string} */ words) => {
    const next = media.parentElement?.querySelector("[data-mend-words]");
    if (next) next.textContent = words;
  };
  const again = () => {
    const goes = !media.paused;
    media.load();
    media.addEventListener("loadedmetadata", () => { media.currentTime = place; if (goes) media.play().catch(() => undefined); }, { once: true, signal });
    if (goes) media.play().catch(() => undefined);
  };

  media.addEventListener("timeupdate", () => { if (media.readyState) place = media.currentTime; }, { signal });
  media.addEventListener("playing", () => { tries = 0; say(""); }, { signal });
  media.addEventListener("error", () => {
    if (performance.now() - last < ONCE_IN) return say("Запись прервалась. Проверьте связь и нажмите ещё раз.");
    last = performance.now();
    again();
  }, { signal });
  // The last source has failed: this device knows none of the codecs there are.
  media.addEventListener("error", (event) => {
    const source = event.target;
    if (!(source instanceof HTMLSourceElement) || source !== media.querySelector("source:last-of-type")) return;
    if (expected === undefined) return say("Это устройство не умеет такую запись. Скачайте её или откройте на другом.");
    if (tries >= WAITS.length) return say("Запись ещё готовится для вашего устройства. Откройте чат чуть позже.");
    say("Готовим запись для вашего устройства. Она заиграет сама.");
    const other = media.querySelector("source[data-other]") ?? media.appendChild(document.createElement("source"));
    other.setAttribute("data-other", "");
    other.setAttribute("src", `${media.querySelector("source")?.getAttribute("src")}?playable`);
    const timer = window.setTimeout(again, WAITS[tries] * 1000);
    signal.addEventListener("abort", () => window.clearTimeout(timer));
    tries += 1;
  }, { signal, capture: true });
}
