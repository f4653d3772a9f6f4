/**
 * Keeps relative times true: <time datetime="…" data-behaviour="clock" data-clock="waited|left|hold">.
 * waited: «3 ч 10 мин» since; left: «ещё 9 мин» until; hold: «1:48» until, then the event "clock:over" and data-over.
 * The server's time comes once (data-now on the element) so that a wrong clock of the computer does no harm.
 * @param {HTMLElement} element @param {import("../app.js").Life} life
 */
export default function clock(element, { signal }) {
  const at = Date.parse(element.getAttribute("datetime") ?? "");
  if (Number.isNaN(at)) return;
  const skew = element.dataset.now ? Date.parse(element.dataset.now) - Date.now() : 0;
  const kind = element.dataset.clock ?? "waited";
  let timer = 0;
  const show = () => {
    const now = Date.now() + skew;
    const text = say(kind, at, now);
    if (element.textContent !== text) element.textContent = text;
    if (kind !== "waited" && at <= now) {
      element.dataset.over = "";
      element.dispatchEvent(new CustomEvent("clock:over", { bubbles: true }));
      return;
    }
    timer = window.setTimeout(show, kind === "hold" ? 1000 : 15000);
  };
  show();
  signal.addEventListener("abort", () => clearTimeout(timer));
}

/** @param {string} kind @param {number} at @param {number} now */
export function say(kind, at, now) {
  if (kind === "hold") {
    const left = Math.max(0, Math.ceil((at - now) / 1000));
    return left ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` : "время вышло";
  }
  if (kind === "left") return at > now ? `ещё ${minutes(Math.ceil((at - now) / 60000))}` : "время вышло";
  return minutes(Math.max(0, Math.floor((now - at) / 60000)));
}

/** The same words as priyom.kernel.words.waited. @param {number} count */
function minutes(count) {
  const hours = Math.floor(count / 60);
  if (count < 1) return "меньше минуты";
  if (hours < 1) return `${count}\u00a0мин`;
  if (hours >= 48) return days(Math.floor(hours / 24));
  if (hours >= 24 || count % 60 === 0) return `${hours}\u00a0ч`;
  return `${hours}\u00a0ч ${String(count % 60).padStart(2, "0")}\u00a0мин`;
}

/** @param {number} n */
function days(n) {
  const rule = new Intl.PluralRules("ru").select(n);
  return `${n}\u00a0${{ one: "день", few: "дня" }[/** @type {"one"|"few"} */ (rule)] ?? "дней"}`;
}
