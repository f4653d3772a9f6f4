/** Fingers, mouse and wheel over a stage, as zoom, pan, swipe and double tap; points count from the stage's middle. */

const FAR = 60; // pixels of a swipe
const TWICE = 300; // ms between the taps of a double one

/**
 * @typedef {{zoom: (by: number, x: number, y: number) => void, pan: (dx: number, dy: number) => void,
 *   swipe: (way: 1 | -1) => void, tap: (x: number, y: number) => void}} Acts
 * @param {HTMLElement} stage @param {Acts} acts @param {AbortSignal} signal
 */
export function gestures(stage, acts, signal) {
  /** @type {Map<number, {x: number, y: number}>} */
  const fingers = new Map();
  let [startX, startY, apart, tapped, many] = [0, 0, 0, 0, false];
  const middle = (/** @type {number} */ x, /** @type {number} */ y) => {
    const area = stage.getBoundingClientRect();
    return /** @type {[number, number]} */ ([x - area.left - area.width / 2, y - area.top - area.height / 2]);
  };
  const spread = () => {
    const [one, two] = [...fingers.values()];
    return { far: Math.hypot(one.x - two.x, one.y - two.y), x: (one.x + two.x) / 2, y: (one.y + two.y) / 2 };
  };

  stage.addEventListener("pointerdown", (event) => {
    if (/** @type {HTMLElement} */ (event.target).closest("button, a")) return;
    stage.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (fingers.size === 1) [startX, startY, many] = [event.clientX, event.clientY, false];
    if (fingers.size === 2) [apart, many] = [spread().far, true];
  }, { signal });
  stage.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (fingers.size === 1) acts.pan(event.clientX - before.x, event.clientY - before.y);
    if (fingers.size !== 2) return;
    const { far, x, y } = spread();
    if (apart) acts.zoom(far / apart, ...middle(x, y));
    apart = far;
  }, { signal });
  const lift = (/** @type {PointerEvent} */ event) => {
    if (!fingers.delete(event.pointerId) || many || event.type === "pointercancel") return;
    const [dx, dy] = [event.clientX - startX, event.clientY - startY];
    if (Math.abs(dx) > FAR && Math.abs(dx) > 2 * Math.abs(dy)) return acts.swipe(dx < 0 ? 1 : -1);
    if (Math.hypot(dx, dy) > 8) return;
    if (event.timeStamp - tapped < TWICE) acts.tap(...middle(event.clientX, event.clientY));
    tapped = event.timeStamp;
  };
  stage.addEventListener("pointerup", lift, { signal });
  stage.addEventListener("pointercancel", lift, { signal });
  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    acts.zoom(Math.exp(-event.deltaY / 400), ...middle(event.clientX, event.clientY));
  }, { signal, passive: false });
}
