/** Which files of one go become one message. */
import { PER_MESSAGE } from "./uploads.js";

/** @typedef {{blob: Blob, name: string}} Chosen */

const ENDINGS = /\.(jpe?g|png|webp|hei[cf])$/i; // some browsers know no type for HEIC

/** @param {Chosen} one */
const isPicture = ({ blob, name }) => blob.type.startsWith("image/") || ENDINGS.test(name);

/** @param {Chosen[]} files @returns {Chosen[][]} in their order: pictures that stand together are one message, anything else is one by itself */
export function grouped(files) {
  /** @type {Chosen[][]} */
  const messages = [];
  for (const one of files) {
    const last = messages.at(-1);
    if (last && last.length < PER_MESSAGE && isPicture(last[0]) && isPicture(one)) last.push(one);
    else messages.push([one]);
  }
  return messages;
}
