/**
 * Judges a photo on the device, before a byte is sent: too small, dark, burnt out, blurred, or good. The focus is the
 * variance of the Laplacian (Pech-Pacheco 2000) of a small copy, square by square, freed from noise and contrast.
 */
import { LIMITS } from "./coach_limits.js";

/** @typedef {"good" | "small" | "dark" | "burnt" | "blurred" | "unknown"} Verdict */

/** @param {Blob | HTMLCanvasElement} photo @returns {Promise<{verdict: Verdict, sharp: number, bright: number}>} «unknown»: this browser cannot draw it */
export async function judge(photo) {
  const picture = await createImageBitmap(photo).catch(() => null);
  if (!picture) return { verdict: "unknown", sharp: 0, bright: 0 };
  try {
    const { luma, width, height } = small(picture);
    const sorted = Float32Array.from(luma).sort();
    const at = (/** @type {number} */ share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
    const sharp = sharpness(luma, width, height);
    const bright = at(0.95);
    const burnt = sorted.filter((one) => one >= 250).length / sorted.length;
    /** @type {Verdict} */ let verdict = "good";
    if (Math.min(picture.width, picture.height) < LIMITS.SMALL) verdict = "small";
    else if (bright < LIMITS.DARK) verdict = "dark";
    else if (burnt > LIMITS.BURNT && at(0.01) > LIMITS.BURNT_INK) verdict = "burnt";
    else if (sharp < LIMITS.SHARP) verdict = "blurred";
    return { verdict, sharp, bright };
  } finally {
    picture.close();
  }
}

/** Halved step by step, so that every browser averages instead of leaving pixels out. @param {ImageBitmap} picture */
function small(picture) {
  let [width, height] = [picture.width, picture.height];
  /** @type {CanvasImageSource} */ let from = picture;
  let pen = null;
  const longest = () => Math.max(width, height);
  do {
    const share = longest() > 2 * LIMITS.SIDE ? 0.5 : Math.min(1, LIMITS.SIDE / longest());
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.max(1, Math.round(width * share)), Math.max(1, Math.round(height * share))];
    pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
    pen.imageSmoothingQuality = "high";
    pen.drawImage(from, 0, 0, width, height, 0, 0, canvas.width, canvas.height);
    [from, width, height] = [canvas, canvas.width, canvas.height];
  } while (longest() > LIMITS.SIDE);
  const { data } = pen.getImageData(0, 0, width, height);
  const luma = new Float32Array(width * height);
  for (let one = 0; one < luma.length; one += 1) {
    luma[one] = 0.299 * data[4 * one] + 0.587 * data[4 * one + 1] + 0.114 * data[4 * one + 2];
  }
  return { luma, width, height };
}

/** @param {Float32Array} luma @param {number} width @param {number} height @returns {number} Infinity where there is nothing to focus on */
function sharpness(luma, width, height) {
  /** @type {[number, number][]} variance of the Laplacian, variance of the brightness */ const tiles = [];
  for (let top = 1; top + LIMITS.TILE < height; top += LIMITS.TILE) {
    for (let left = 1; left + LIMITS.TILE < width; left += LIMITS.TILE) tiles.push(variances(luma, width, left, top));
  }
  const edges = tiles.map(([edge]) => edge).sort((a, b) => a - b);
  // Of white noise σ² the Laplacian's variance is 20 σ².
  const noise = Math.min(LIMITS.NOISE_MOST, edges[Math.floor(edges.length / 10)] / 20);
  const ratios = tiles
    .filter(([, own]) => own - noise > LIMITS.PLAIN + 4 * noise)
    .map(([edge, own]) => Math.max(0, edge - 20 * LIMITS.NOISE * noise) / (own - noise))
    .sort((a, b) => a - b);
  return ratios.length < LIMITS.ENOUGH ? Infinity : ratios[Math.floor(ratios.length * 0.9)];
}

/** @param {Float32Array} luma @param {number} width @param {number} left @param {number} top @returns {[number, number]} */
function variances(luma, width, left, top) {
  let [edge, edges, own, owns] = [0, 0, 0, 0];
  for (let y = top; y < top + LIMITS.TILE; y += 1) {
    for (let x = left; x < left + LIMITS.TILE; x += 1) {
      const at = y * width + x;
      const bend = 4 * luma[at] - luma[at - 1] - luma[at + 1] - luma[at - width] - luma[at + width];
      edge += bend;
      edges += bend * bend;
      own += luma[at];
      owns += luma[at] * luma[at];
    }
  }
  const all = LIMITS.TILE * LIMITS.TILE;
  return [edges / all - (edge / all) ** 2, owns / all - (own / all) ** 2];
}
