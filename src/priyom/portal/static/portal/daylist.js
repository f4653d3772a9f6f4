/**
 * The doctor's day moves by itself: every ten seconds a small question whether anything changed, and only then the
 * list anew. Nothing jumps under the pointer or the focus: while they move in the list, the new one waits.
 */

const EVERY = 10_000;
const STILL = 8_000; // who has not moved for so long does not aim at anything

/** @param {HTMLElement} pane @param {import("../../../ui/static/ui/app.js").Life} life */
export default function daylist(pane, { signal }) {
  const { on = "", here = "" } = pane.dataset;
  let mark = pane.dataset.mark;
  let timer = 0;
  let moved = 0;
  let unread = count(pane);
  /** @type {HTMLElement | null} */
  let fresh = null;

  const isBusy = () => (pane.matches(":hover") || pane.contains(document.activeElement)) && Date.now() - moved < STILL;
  const put = () => {
    if (!fresh || isBusy()) return;
    const focused = document.activeElement instanceof HTMLAnchorElement && pane.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    for (const part of [".pane-head", ".pane-body > .rows"]) {
      const [old, made] = [pane.querySelector(part), fresh.querySelector(part)];
      if (old && made && old.innerHTML !== made.innerHTML) old.replaceChildren(...made.childNodes);
    }
    fresh = null;
    if (focused) /** @type {HTMLElement | null} */ (pane.querySelector(`a[href="${CSS.escape(focused)}"]`))?.focus({ preventScroll: true });
  };
  const take = async () => {
    const answer = await fetch(`/desk/day/list/?on=${on}&here=${here}`, { headers: { Accept: "text/html", "X-Idle": "1" }, redirect: "error" });
    if (!answer.ok) return;
    const made = document.createElement("template");
    made.innerHTML = await answer.text();
    fresh = /** @type {HTMLElement} */ (made.content.querySelector("section"));
    mark = fresh.dataset.mark;
    const now = count(fresh);
    tell(now);
    if (now > unread) document.dispatchEvent(new CustomEvent("ui:news", { detail: { looked: false } }));
    unread = now;
    put();
  };
  const ask = async () => {
    window.clearTimeout(timer);
    if (document.visibilityState === "hidden" && Date.now() - moved > 600_000) return; // asks again when it is looked at
    try {
      put();
      const answer = await fetch(`/desk/day/pulse/?on=${on}`, { headers: { Accept: "application/json", "X-Idle": "1" } });
      if (answer.status === 401) return;
      if (answer.ok && (await answer.json()).mark !== mark) await take();
    } catch {
      // the next question comes anyway
    }
    if (!signal.aborted) timer = window.setTimeout(ask, EVERY);
  };
  const soon = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, 700);
  };

  for (const name of ["pointermove", "focusin", "keydown"]) pane.addEventListener(name, () => { moved = Date.now(); }, { signal, passive: true });
  pane.addEventListener("pointerleave", put, { signal });
  pane.addEventListener("focusout", () => window.setTimeout(put), { signal });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") soon(); }, { signal });
  document.addEventListener("chat:entry", soon, { signal });
  signal.addEventListener("abort", () => window.clearTimeout(timer));
  window.setTimeout(() => tell(unread)); // after the module that shows it
  timer = window.setTimeout(ask, EVERY);
}

/** @param {number} number */
const tell = (number) => document.dispatchEvent(new CustomEvent("ui:count", { detail: { count: number } }));

/** How many new messages wait in the other talks. @param {HTMLElement} pane */
function count(pane) {
  const rows = /** @type {NodeListOf<HTMLElement>} */ (pane.querySelectorAll("a[data-unread]:not([aria-current])"));
  return [...rows].reduce((sum, one) => sum + Number(one.dataset.unread), 0);
}
