/**
 * When a photo is asked for again. One place for every number, each with its reason; all brightness is luma
 * 0…255 of the picture drawn with its longer side at SIDE pixels.
 */
export const LIMITS = Object.freeze({
  /** Longer side that is judged: fine enough for focus, coarse enough that a phone's grain averages out (12 MP → 1:10). */
  SIDE: 384,
  /** Squares that are judged one by one: a sharp mole before a soft background is a good photo. */
  TILE: 24,
  /** Shorter side in pixels of the file. Below it a screen's width is not filled and a rash is a few dots. */
  SMALL: 480,
  /** The brightest twentieth is below this: the lamp is off. A lit thing on a dark ground stays far above (≥ 100). */
  DARK: 72,
  /** Share of pixels at the end of the scale from which on the photo is burnt out… */
  BURNT: 0.5,
  /** …unless its darkest hundredth is below this: a scan is white paper too, but with black letters. */
  BURNT_INK: 150,
  /** Variance below which a square shows nothing to focus on (plain skin, a wall) and is not asked. */
  PLAIN: 15,
  /** Squares with something to see that are needed for a word about focus; with fewer we keep silent. */
  ENOUGH: 4,
  /** How many times the noise of the quietest squares is taken off: noise is no sharpness. */
  NOISE: 1.6,
  /** Variance of noise that is believed at most: more, in so small a copy, is gravel, grass or pores in focus. */
  NOISE_MOST: 8,
  /**
   * Variance of the Laplacian against the variance of the square itself, of the best tenth of the squares: dividing takes
   * the contrast out. Photos in focus had ≥ 0.157, blurred by 0.8 % of the width or more ≤ 0.075.
   */
  SHARP: 0.1,
});
