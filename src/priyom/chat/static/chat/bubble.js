/** A line of the talk as a clone of the server's own bubble. */

import { linked } from "./words.js";

/** @typedef {{k: string, body: string, refers: number | null, side?: string, name?: string}} Told */

/** @param {boolean} mine @param {Told} told @param {HTMLElement | null} answered the line that it answers, if that is here */
export function bubble(mine, told, answered) {
  const pattern = /** @type {HTMLTemplateElement} */ (document.querySelector(`template[data-chat-template="${mine ? "mine" : "theirs"}"]`));
  const line = /** @type {HTMLElement} */ (/** @type {HTMLElement} */ (pattern.content.querySelector("li")).cloneNode(true));
  line.dataset.key = told.k;
  part(line, "text").replaceChildren(...linked(told.body));
  if (!mine && told.name) {
    const role = told.side === "doctor" ? "Врач" : "Пациент";
    const author = part(line, "author");
    author.textContent = `${role} ${told.name}${author.classList.contains("sr") ? ":" : ""}`;
  }
  const quote = part(line, "quote");
  if (!answered) quote.remove();
  else {
    quote.setAttribute("href", `?around=${told.refers}#m${told.refers}`);
    quote.dataset.chatTo = String(told.refers);
    const [who, what] = quote.children;
    ({ who: who.textContent, what: what.textContent } = quoted(answered));
  }
  return line;
}

/** @param {HTMLElement} line @returns {{who: string, what: string}} how an answer names it */
export function quoted(line) {
  const text = part(line, "text")?.textContent?.slice(0, 120);
  const named = line.querySelector("[aria-label]:not(.icon), .attachment b, img")?.getAttribute("aria-label");
  return { who: part(line, "author")?.textContent?.replace(/:$/, "") ?? "", what: text || named || "Файл" };
}

/** @param {HTMLElement} line @param {string} name @returns {HTMLElement} */
export const part = (line, name) => /** @type {HTMLElement} */ (line.querySelector(`[data-part="${name}"]`));
