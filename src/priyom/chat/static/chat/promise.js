/**
 * The strip that says when the doctor answers: asked for anew when the talk goes on, and at the instant from which
 * it says something else. It also marks what arrived now as «до приёма» or «после приёма» (what still waits may
 * arrive in time); lines that the server drew have their mark.
 * @param {HTMLElement} band @param {import("../../../ui/static/ui/app.js").Life} life
 */
export default function promise(band, { signal }) {
  const list = document.querySelector("ol.thread");
  let timer = 0;
  let last = highest(list);

  const take = async () => {
    window.clearTimeout(timer);
    const answer = await fetch(band.dataset.url ?? "", { headers: { Accept: "text/html" }, redirect: "error" }).catch(() => null);
    if (signal.aborted) return;
    if (answer?.ok) {
      const made = document.createElement("template");
      made.innerHTML = await answer.text();
      const fresh = made.content.firstElementChild;
      if (fresh instanceof HTMLElement && fresh.matches(".band")) put(band, fresh);
      wait();
    } else if (!answer || answer.status >= 500) timer = window.setTimeout(take, 15_000);
  };
  const wait = () => {
    const { next, now = "" } = band.dataset;
    if (!next) return;
    // By the server's clock; and all pages of one appointment not in the same second.
    const left = Date.parse(next) - Date.parse(now) + Math.random() * 1500;
    window.clearTimeout(timer);
    timer = window.setTimeout(take, Math.min(Math.max(left, 1000), 2 ** 31 - 1));
  };

  wait();
  if (list) {
    const watch = new MutationObserver((records) => {
      for (const { target, addedNodes } of records) for (const node of [target, ...addedNodes]) place(node, band.dataset.mark);
      if (highest(list) === last) return;
      last = highest(list);
      window.clearTimeout(timer);
      timer = window.setTimeout(take, 700);
    });
    watch.observe(list, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-seq"] });
    signal.addEventListener("abort", () => watch.disconnect());
  }
  document.addEventListener("visibilitychange", () => { if (!document.hidden) take(); }, { signal });
  signal.addEventListener("abort", () => window.clearTimeout(timer));
}

/** Change the strip in its place, so that a screen reader hears new words, and only those. @param {HTMLElement} band @param {HTMLElement} fresh */
function put(band, fresh) {
  for (const { name, value } of fresh.attributes) if (band.getAttribute(name) !== value) band.setAttribute(name, value);
  if (!fresh.dataset.next) delete band.dataset.next;
  const [before, after] = [band, fresh].map((one) => one.querySelector("[aria-live]"));
  if (before && after && before.textContent !== after.textContent) before.textContent = after.textContent;
}

/** @param {Element | null} list */
function highest(list) {
  const lines = list?.querySelectorAll("[data-seq]") ?? [];
  return lines.length ? /** @type {HTMLElement} */ (lines[lines.length - 1]).dataset.seq : "";
}

/** @param {Node} node @param {string | undefined} mark */
function place(node, mark) {
  if (!mark || !(node instanceof HTMLElement) || !node.matches(".bubble[data-seq]:not([data-placed])")) return;
  node.dataset.placed = "";
  const part = node.querySelector("[data-part=mark]");
  if (part) part.textContent = ` · ${mark}`;
}
