/**
 * How millimetres follow from a coin: the coin fills a circle of the picture, so the circle's width in pixels is the
 * coin's in millimetres. Plain numbers, all in pixels of the picture unless named otherwise.
 */

/** @typedef {"10" | "5" | "2" | "1"} Coin roubles */
/**
 * @typedef {{width: number, height: number, whole: number, perMm: number, unit: number,
 *   circle: {x: number, y: number, radius: number}}} Scale `whole` is the height with the strip, `unit` 1 % of the shorter side
 */

/**
 * Diameters in millimetres of the coins in circulation: the Bank of Russia's descriptions of its coins of 1997 and of the
 * 10-rouble coin of 2009 (cbr.ru, «Монеты Банка России»). The two-coloured 10-rouble coin is another one: 27 mm.
 * @type {Readonly<Record<Coin, number>>}
 */
export const COINS = Object.freeze({ 10: 22, 5: 25, 2: 23, 1: 20.5 });

/** In words: the sign of the rouble is missing in many fonts. @type {Readonly<Record<Coin, string>>} */
export const NAMES = Object.freeze({ 10: "10 рублей", 5: "5 рублей", 2: "2 рубля", 1: "1 рубль" });

/** The circle's share of the shorter side: 22 mm make it a field of 11 cm, which a phone's lens still has in focus. */
const CIRCLE = 0.2;
/** The strip's share of the shorter side. */
const STRIP = 0.14;

/** @param {number} width of the picture @param {number} height @param {Coin} coin @returns {Scale} */
export function scale(width, height, coin) {
  const short = Math.min(width, height);
  const radius = (short * CIRCLE) / 2;
  return {
    width, height, whole: height + Math.round(short * STRIP), unit: short / 100,
    perMm: (2 * radius) / COINS[coin],
    // Low in the middle: the spot has the middle of the picture, the coin stands right above its mark on the strip.
    circle: { x: width / 2, y: height - radius * 1.4, radius },
  };
}

/** @param {Scale} scale @returns {{x: number, mm: number}[]} every millimetre that has room, from the left edge */
export function ticks({ width, perMm }) {
  return Array.from({ length: Math.floor(width / perMm) + 1 }, (_, mm) => ({ x: mm * perMm, mm }));
}

/** @param {number} mm @returns {string} as it is written in Russian: 20,5 */
export const written = (mm) => String(mm).replace(".", ",");
