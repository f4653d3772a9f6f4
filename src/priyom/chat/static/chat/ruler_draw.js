/**
 * Draws the ruler: a strip below the picture, so that nothing of the skin is covered, and for the eyes before the
 * shot the circle for the coin. Black on white in every look: it becomes a part of the photo.
 */
import { COINS, NAMES, ticks, written } from "./ruler_scale.js";

/** @typedef {import("./ruler_scale.js").Scale} Scale @typedef {import("./ruler_scale.js").Coin} Coin */

/** @param {CanvasRenderingContext2D} pen of a canvas scale.width × scale.whole @param {Scale} scale @param {Coin} coin */
export function strip(pen, scale, coin) {
  const { width, height, whole, unit, perMm, circle } = scale;
  const line = Math.max(1, Math.min(0.35 * unit, 0.3 * perMm));
  pen.fillStyle = "#fff";
  pen.fillRect(0, height, width, whole - height);
  pen.fillStyle = "#000";
  pen.font = `600 ${3 * unit}px "Golos Text", sans-serif`;
  pen.textBaseline = "middle";
  for (const { x, mm } of ticks(scale)) {
    const long = mm % 10 === 0 ? 4 : mm % 5 === 0 ? 3 : 2;
    pen.fillRect(x - line / 2, height, line, long * unit);
    if (mm % 10) continue;
    pen.textAlign = mm ? "center" : "left";
    const text = String(mm);
    if (x + pen.measureText(text).width / 2 < width) pen.fillText(text, mm ? x : unit / 2, height + 6 * unit);
  }
  mark(pen, circle.x - circle.radius, circle.x + circle.radius, height + 11 * unit, unit);
  pen.textAlign = "left";
  pen.fillText(`${NAMES[coin]}: ${written(COINS[coin])} мм`, circle.x + circle.radius + 2 * unit, height + 11 * unit);
  pen.textAlign = "right";
  pen.fillText("деление 1 мм", circle.x - circle.radius - 2 * unit, height + 11 * unit);
}

/** As wide as the coin and right below it: whoever looks sees whether it lay in the circle. @param {CanvasRenderingContext2D} pen @param {number} from @param {number} to @param {number} y @param {number} unit */
function mark(pen, from, to, y, unit) {
  const line = 0.5 * unit;
  pen.fillRect(from, y - line / 2, to - from, line);
  for (const x of [from, to - line]) pen.fillRect(x, y - 1.5 * unit, line, 3 * unit);
}

/** @param {HTMLCanvasElement} canvas over the camera's picture @param {Scale} scale @param {Coin} coin */
export function overlay(canvas, scale, coin) {
  [canvas.width, canvas.height] = [scale.width, scale.whole];
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const { x, y, radius } = scale.circle;
  // White within black is seen on every skin; the coin's edge belongs between them.
  for (const [colour, wider] of /** @type {[string, number][]} */ ([["#000", 0.4], ["#fff", -0.4]])) {
    pen.beginPath();
    pen.arc(x, y, radius + wider * scale.unit, 0, 2 * Math.PI);
    pen.lineWidth = 0.8 * scale.unit;
    pen.strokeStyle = colour;
    pen.stroke();
  }
  strip(pen, scale, coin);
}

/** @param {HTMLCanvasElement} picture @param {Scale} scale @param {Coin} coin @returns {Promise<Blob>} a JPEG with the strip below */
export function burnt(picture, scale, coin) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [scale.width, scale.whole];
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.drawImage(picture, 0, 0);
  strip(pen, scale, coin);
  return new Promise((done, failed) => {
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no JPEG"))), "image/jpeg", 0.92);
  });
}
