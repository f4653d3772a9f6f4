/**
 * What one does with a message: answer it with its quote, copy its words. By the button in the bubble, by a swipe
 * to the left on a phone, by Ctrl+↑ in the field (the one above; Ctrl+↓ the one below), Esc thinks better of it.
 * Says chat:quote {seq, who, what} or null; composer.js hears. Items that other parts of the page put into the menu say
 * chat:take {act, seq, at, words}.
 */
import { part, quoted } from "./bubble.js";
import { say } from "../ui/behaviours/toast.js";

const FAR = 56; // pixels of a swipe that means it

/** @param {HTMLElement} list @param {AbortSignal} signal */
export function replies(list, signal) {
  const menu = document.querySelector("[data-chat-menu]");
  /** @type {HTMLElement | null} */
  let line = null;

  /** @param {HTMLElement | null} one */
  const quote = (one) => {
    list.querySelector(".quoted")?.classList.remove("quoted");
    one?.classList.add("quoted");
    const detail = one ? { seq: Number(one.dataset.seq), ...quoted(one) } : null;
    document.dispatchEvent(new CustomEvent("chat:quote", { detail }));
  };
  const bubbles = () => /** @type {HTMLElement[]} */ ([...list.querySelectorAll(".bubble[data-seq]")]);

  /** @param {HTMLElement} button */
  const open = (button) => {
    line = button.closest("li");
    if (!(menu instanceof HTMLElement)) return;
    for (const one of menu.querySelectorAll("button")) {
      one.hidden = !line || !may(one.dataset.chatAct ?? "", line);
    }
    const box = button.getBoundingClientRect();
    menu.showPopover();
    const { offsetWidth, offsetHeight } = menu;
    menu.style.left = `${Math.max(8, Math.min(box.left, window.innerWidth - offsetWidth - 8))}px`;
    menu.style.top = `${box.bottom + offsetHeight + 8 > window.innerHeight ? Math.max(8, box.top - offsetHeight) : box.bottom}px`;
    /** @type {HTMLElement | null} */ (menu.querySelector("button:not([hidden])"))?.focus();
  };

  list.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("[data-chat-more]");
    if (button instanceof HTMLElement) open(button);
  }, { signal });
  menu?.addEventListener("click", async (event) => {
    const act = /** @type {HTMLElement} */ (event.target).closest("[data-chat-act]");
    if (!(menu instanceof HTMLElement) || !(act instanceof HTMLElement) || !line) return;
    menu.hidePopover();
    if (act.dataset.chatAct === "reply") return quote(line);
    if (act.dataset.chatAct !== "copy") return take(act.dataset.chatAct ?? "", line);
    await navigator.clipboard.writeText(part(line, "text").innerText);
    say("Текст скопирован");
  }, { signal });
  menu?.addEventListener("keydown", (event) => {
    const { key } = /** @type {KeyboardEvent} */ (event);
    const items = /** @type {HTMLElement[]} */ ([...menu.querySelectorAll("button:not([hidden])")]);
    const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (key !== "ArrowDown" && key !== "ArrowUp") return;
    event.preventDefault();
    items.at((at + (key === "ArrowDown" ? 1 : -1)) % items.length)?.focus();
  }, { signal });

  document.addEventListener("chat:quote-step", (event) => {
    const all = bubbles();
    const at = all.findIndex((one) => one.classList.contains("quoted"));
    const next = (at < 0 ? all.length : at) + /** @type {CustomEvent} */ (event).detail;
    if (next >= 0) quote(all[next] ?? null);
    list.querySelector(".quoted")?.scrollIntoView({ block: "nearest" });
  }, { signal });
  document.addEventListener("chat:quote", (event) => {
    if (!(/** @type {CustomEvent} */ (event).detail)) list.querySelector(".quoted")?.classList.remove("quoted");
  }, { signal });
  swipes(list, (one) => quote(one), signal);
}

/** @param {string} act @param {HTMLElement} line @returns {boolean} whether one may do this with the message */
function may(act, line) {
  if (act === "reply") return Boolean(line.dataset.seq && document.querySelector("form.composer"));
  if (act === "copy") return Boolean(part(line, "text"));
  return Boolean(line.dataset.seq) && line.classList.contains("theirs");
}

/**
 * Tell the page's other parts, which put their own items into the menu, what of the talk they may take.
 * @param {string} act @param {HTMLElement} line
 */
function take(act, line) {
  const files = [...line.querySelectorAll("img[alt], .attachment b")].map((one) => one.getAttribute("alt") || one.textContent);
  const words = part(line, "text")?.innerText || files.filter(Boolean).join(", ") || quoted(line).what;
  const detail = { act, seq: Number(line.dataset.seq), at: part(line, "time").textContent, words };
  document.dispatchEvent(new CustomEvent("chat:take", { detail }));
}

/** @param {HTMLElement} list @param {(line: HTMLElement) => void} act @param {AbortSignal} signal */
function swipes(list, act, signal) {
  /** @type {{line: HTMLElement, x: number, y: number} | null} */
  let begun = null;
  const end = () => {
    if (begun) begun.line.style.translate = "";
    begun = null;
  };
  list.addEventListener("touchstart", ({ target, touches }) => {
    const line = /** @type {HTMLElement} */ (target).closest(".bubble[data-seq]");
    if (line instanceof HTMLElement && touches.length === 1 && document.querySelector("form.composer")) {
      begun = { line, x: touches[0].clientX, y: touches[0].clientY };
    }
  }, { signal, passive: true });
  list.addEventListener("touchmove", ({ touches }) => {
    if (!begun) return;
    const [x, y] = [touches[0].clientX - begun.x, touches[0].clientY - begun.y];
    if (Math.abs(y) > 24 && Math.abs(y) > Math.abs(x)) return end();
    begun.line.style.translate = `${Math.max(-FAR - 8, Math.min(0, x))}px`;
  }, { signal, passive: true });
  list.addEventListener("touchend", ({ changedTouches }) => {
    const { line, x } = begun ?? {};
    const meant = line && x !== undefined && x - changedTouches[0].clientX > FAR;
    end();
    if (meant) act(line);
  }, { signal });
  list.addEventListener("touchcancel", end, { signal });
}
