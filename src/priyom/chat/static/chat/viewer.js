/**
 * Pictures of the talk, large: zoom, turn, next and previous; keys + − 0 R ← →, pinch and swipe on a phone; Esc and the
 * browser's «back» close it. Without script a picture opens in a tab of its own.
 */
import { gestures } from "./viewer_touch.js";

const [LEAST, MOST] = [1, 8];

/** @param {HTMLElement} element <dialog> @param {{signal: AbortSignal}} life */
export default function viewer(element, { signal }) {
  const box = /** @type {HTMLDialogElement} */ (element);
  const find = (/** @type {string} */ name) => /** @type {HTMLElement} */ (box.querySelector(`[data-viewer-${name}]`));
  const picture = /** @type {HTMLImageElement} */ (find("picture"));
  const stage = find("stage");
  /** @type {HTMLAnchorElement[]} */ let all = [];
  let at = 0;
  let [scale, x, y, turn] = [1, 0, 0, 0];

  const draw = () => {
    const sideways = turn % 180 !== 0;
    // A picture that lies on its side must fit the other way round.
    const { clientWidth: width, clientHeight: height } = picture;
    const fit = sideways && width && height ? Math.min(stage.clientWidth / height, stage.clientHeight / width, 1) : 1;
    const reachX = Math.max(0, ((sideways ? height : width) * scale * fit - stage.clientWidth) / 2);
    const reachY = Math.max(0, ((sideways ? width : height) * scale * fit - stage.clientHeight) / 2);
    [x, y] = [Math.max(-reachX, Math.min(reachX, x)), Math.max(-reachY, Math.min(reachY, y))];
    picture.style.transform = `translate(${x}px, ${y}px) rotate(${turn}deg) scale(${scale * fit})`;
    /** @type {HTMLButtonElement} */ (find("smaller")).disabled = scale <= LEAST;
    /** @type {HTMLButtonElement} */ (find("larger")).disabled = scale >= MOST;
  };
  /** Zoom about a point of the stage, its middle without one. @param {number} by @param {number} [atX] @param {number} [atY] */
  const zoom = (by, atX = 0, atY = 0) => {
    const next = Math.min(MOST, Math.max(LEAST, scale * by));
    [x, y] = [atX - (atX - x) * (next / scale), atY - (atY - y) * (next / scale)];
    scale = next;
    draw();
  };
  /** @param {number} to */
  const show = (to) => {
    at = (to + all.length) % all.length;
    [scale, x, y, turn] = [1, 0, 0, 0];
    const link = all[at];
    picture.alt = link.querySelector("img")?.alt ?? "Снимок";
    picture.src = link.href;
    find("name").textContent = link.dataset.picture ?? "";
    find("count").textContent = all.length > 1 ? `${at + 1} из ${all.length}` : "";
    find("save").setAttribute("href", `${link.href}?download`);
    find("before").hidden = find("after").hidden = all.length < 2;
    draw();
  };
  const acts = {
    larger: () => zoom(1.5), smaller: () => zoom(1 / 1.5), whole: () => { [scale, x, y] = [1, 0, 0]; draw(); },
    turn: () => { turn = (turn + 90) % 360; draw(); }, before: () => show(at - 1), after: () => show(at + 1), close: () => box.close(),
  };
  const keys = { "+": acts.larger, "=": acts.larger, "-": acts.smaller, 0: acts.whole, r: acts.turn, к: acts.turn, ArrowLeft: acts.before, ArrowRight: acts.after };

  document.addEventListener("click", (event) => {
    const link = /** @type {HTMLElement} */ (event.target).closest("a[data-picture]");
    if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    all = /** @type {HTMLAnchorElement[]} */ ([...document.querySelectorAll("a[data-picture]")]);
    box.showModal();
    window.history.pushState({ viewer: true }, "");
    show(all.indexOf(link));
  }, { signal });
  box.addEventListener("click", (event) => {
    const pressed = /** @type {HTMLElement} */ (event.target).closest("button");
    const act = Object.keys(acts).find((name) => pressed?.hasAttribute(`data-viewer-${name}`));
    if (act) acts[/** @type {keyof typeof acts} */ (act)]();
  }, { signal });
  box.addEventListener("keydown", (event) => {
    const act = keys[/** @type {keyof typeof keys} */ (event.key.length === 1 ? event.key.toLowerCase() : event.key)];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation(); // the desk has keys of its own
    act();
  }, { signal });
  box.addEventListener("close", () => {
    picture.removeAttribute("src");
    all[at]?.focus({ preventScroll: false });
    if (window.history.state?.viewer) window.history.back();
  }, { signal });
  window.addEventListener("popstate", () => { if (box.open) box.close(); }, { signal });
  window.addEventListener("resize", () => { if (box.open) draw(); }, { signal });
  picture.addEventListener("load", draw, { signal });
  gestures(stage, {
    zoom,
    pan: (dx, dy) => { [x, y] = [x + dx, y + dy]; draw(); },
    swipe: (way) => { if (scale === 1 && all.length > 1) show(at + way); },
    tap: (atX, atY) => (scale > 1 ? acts.whole() : zoom(2.5, atX, atY)),
  }, signal);
}
