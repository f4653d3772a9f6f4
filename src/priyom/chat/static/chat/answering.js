/**
 * Which message the one being written answers: shown above the field, kept with the draft in this tab, sent as the
 * form's field «refers». Says chat:quote-step (-1 above, 1 below), hears chat:quote.
 */

/** @param {HTMLFormElement} form @param {HTMLTextAreaElement} field @param {AbortSignal} signal */
export function answering(form, field, signal) {
  const bar = /** @type {HTMLElement | null} */ (form.querySelector("[data-composer-quote]"));
  const hidden = /** @type {HTMLInputElement} */ (form.elements.namedItem("refers"));
  const key = `keep:${form.dataset.keep}:answer`; // goes with the drafts at sign-out

  /** @param {{seq: number, who: string, what: string} | null} quote */
  const show = (quote) => {
    hidden.value = quote ? String(quote.seq) : "";
    if (quote) sessionStorage.setItem(key, JSON.stringify(quote));
    else sessionStorage.removeItem(key);
    if (!bar) return;
    bar.hidden = !quote;
    const [who, what] = bar.querySelectorAll("b, span");
    who.textContent = quote?.who ?? "";
    what.textContent = quote?.what ?? "";
    const link = bar.querySelector("a");
    if (link && quote) { link.href = `?around=${quote.seq}#m${quote.seq}`; link.dataset.seq = String(quote.seq); }
  };
  const drop = () => { document.dispatchEvent(new CustomEvent("chat:quote", { detail: null })); };

  document.addEventListener("chat:quote", (event) => {
    const { detail } = /** @type {CustomEvent} */ (event);
    show(detail);
    if (detail) field.focus();
  }, { signal });
  bar?.addEventListener("click", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const link = target.closest("a");
    if (target.closest("button")) { drop(); field.focus(); }
    if (!link) return;
    event.preventDefault();
    document.dispatchEvent(new CustomEvent("chat:to", { detail: { seq: Number(link.dataset.seq) } }));
  }, { signal });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && hidden.value) { event.preventDefault(); drop(); }
    if (!event.ctrlKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    document.dispatchEvent(new CustomEvent("chat:quote-step", { detail: event.key === "ArrowUp" ? -1 : 1 }));
  }, { signal });
  try {
    const kept = JSON.parse(sessionStorage.getItem(key) ?? "null");
    if (kept) show(kept);
  } catch {
    sessionStorage.removeItem(key);
  }
  return {
    get seq() { return hidden.value ? Number(hidden.value) : null; },
    forget: drop,
    /** The form takes it to the server: the page that comes back is without it. */
    leaves: () => sessionStorage.removeItem(key),
  };
}
