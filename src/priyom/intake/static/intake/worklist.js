/**
 * The journal moves by itself: every ten seconds a small question whether anything changed, and only then the list
 * anew. Rows that come in after the shown ones come at once; what would move a row under the pointer or the focus
 * waits until they rest, and a button says so. The fields above sift the list as one types.
 */

const EVERY = 10_000;
const STILL = 8_000; // who has not moved for so long does not aim at anything

/** @param {HTMLElement} pane @param {import("../../../ui/static/ui/app.js").Life} life */
export default function worklist(pane, { signal }) {
  const form = /** @type {HTMLFormElement} */ (pane.querySelector("form[data-sift]"));
  const news = /** @type {HTMLButtonElement} */ (pane.querySelector("[data-news]"));
  let timer = 0;
  let typing = 0;
  let moved = 0;
  let question = 0;
  /** @type {HTMLElement | null} */
  let fresh = null;

  const list = () => /** @type {HTMLElement} */ (pane.querySelector("#journal-list"));
  const isBusy = () => (list().matches(":hover") || list().contains(document.activeElement)) && Date.now() - moved < STILL;
  const put = (isAsked = false) => {
    if (!fresh) return;
    const old = list();
    news.hidden = isAsked || !isBusy() || !moves(old, fresh);
    if (!news.hidden) return;
    const made = fresh;
    fresh = null;
    replace(old, made);
    if (Number(made.dataset.new) > Number(old.dataset.new)) document.dispatchEvent(new CustomEvent("ui:news", { detail: { looked: false } }));
    tell(made);
  };
  /** @param {boolean} isAsked by the person, not by the clock */
  const take = async (isAsked) => {
    const own = ++question;
    const { query = "", digest = "" } = list().dataset;
    const address = isAsked ? sifted(form, list()) : `${query}&seen=${digest}`;
    const answer = await fetch(`${form.action}?part=1&${address}`, { headers: { Accept: "text/html", ...(isAsked ? {} : { "X-Idle": "1" }) }, redirect: "error" });
    if (own !== question || answer.status !== 200) return; // a newer question is on its way, or nothing changed
    const made = document.createElement("template");
    made.innerHTML = await answer.text();
    if (own !== question) return; // while the words came
    fresh = /** @type {HTMLElement} */ (made.content.firstElementChild);
    put(isAsked);
  };
  const ask = async () => {
    window.clearTimeout(timer);
    if (document.visibilityState === "hidden" && Date.now() - moved > 600_000) return; // asks again when it is looked at
    try {
      put();
      if (!fresh) await take(false);
    } catch {
      // the next question comes anyway
    }
    if (!signal.aborted) timer = window.setTimeout(ask, EVERY);
  };
  const sift = () => {
    window.clearTimeout(typing);
    remember(form);
    take(true).catch(() => form.requestSubmit());
  };

  for (const name of ["pointermove", "focusin", "keydown"]) pane.addEventListener(name, () => { moved = Date.now(); }, { signal, passive: true });
  pane.addEventListener("pointerleave", () => put(), { signal });
  pane.addEventListener("focusout", () => window.setTimeout(put), { signal });
  news.addEventListener("click", () => { put(true); list().querySelector("a")?.focus({ preventScroll: true }); }, { signal });
  form.addEventListener("submit", (event) => { event.preventDefault(); sift(); }, { signal });
  form.addEventListener("change", sift, { signal });
  form.addEventListener("input", () => {
    window.clearTimeout(typing);
    typing = window.setTimeout(sift, 250);
  }, { signal });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") ask(); }, { signal });
  document.addEventListener("worklist:ask", () => ask(), { signal });
  signal.addEventListener("abort", () => { window.clearTimeout(timer); window.clearTimeout(typing); });
  window.setTimeout(() => tell(list())); // after the module that shows it
  timer = window.setTimeout(ask, EVERY);
}

/** @param {HTMLElement} shown */
const tell = (shown) => document.dispatchEvent(new CustomEvent("ui:count", { detail: { count: Number(shown.dataset.new) } }));

/** @param {HTMLElement} shown */
const keys = (shown) => [...shown.querySelectorAll("a.row")].map((one) => one.id);

/** Whether a row that is on the screen would stand elsewhere. @param {HTMLElement} old @param {HTMLElement} made */
function moves(old, made) {
  const next = keys(made);
  return keys(old).some((id, place) => next[place] !== id);
}

/** Put the new list in the place of the old one; the focus stays on its row, or on the one that took its place.
 * @param {HTMLElement} old @param {HTMLElement} made */
function replace(old, made) {
  const focused = old.contains(document.activeElement) ? document.activeElement?.closest("a") : null;
  const place = focused ? keys(old).indexOf(focused.id) : -1;
  old.replaceWith(made);
  if (!focused) return;
  const rows = /** @type {NodeListOf<HTMLElement>} */ (made.querySelectorAll("a.row"));
  const same = focused.id ? document.getElementById(focused.id) : null;
  (same ?? rows[Math.min(place, rows.length - 1)])?.focus({ preventScroll: true });
}

/** What the fields and the chosen chip ask for. @param {HTMLFormElement} form @param {HTMLElement} shown */
function sifted(form, shown) {
  const query = new URLSearchParams({ only: shown.dataset.only ?? "", current: shown.dataset.current ?? "" });
  for (const [name, value] of new FormData(form)) if (value) query.set(name, String(value));
  return query;
}

/** The address keeps what was asked, and «next» is the next of that kind. @param {HTMLFormElement} form */
function remember(form) {
  const address = new URL(location.href);
  address.searchParams.delete("after");
  for (const [name, value] of new FormData(form)) {
    if (value) address.searchParams.set(name, String(value));
    else address.searchParams.delete(name);
    for (const same of document.querySelectorAll(`form[data-next] input[name="${name}"]`)) if (same instanceof HTMLInputElement) same.value = String(value);
  }
  history.replaceState(history.state, "", address);
}
