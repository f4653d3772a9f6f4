/** A long message shows its beginning and «Показать целиком»; who cannot see loses nothing, it is all there. */

const LONG = 900; // letters
const LINES = 14;

/** @param {HTMLElement} list @param {AbortSignal} signal */
export function folding(list, signal) {
  /** @param {Element} line */
  const fold = (line) => {
    const text = line.querySelector(".bubble-text");
    if (!(text instanceof HTMLElement) || text.dataset.folded || !line.matches("[data-seq]")) return;
    const words = text.textContent ?? "";
    if (words.length < LONG && words.split("\n").length <= LINES) return;
    text.dataset.folded = "1";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link bubble-fold";
    button.textContent = "Показать целиком";
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => {
      const isOpen = text.dataset.folded === "0";
      text.dataset.folded = isOpen ? "1" : "0";
      button.textContent = isOpen ? "Показать целиком" : "Свернуть";
      button.setAttribute("aria-expanded", String(!isOpen));
    });
    text.after(button);
  };
  const all = () => { for (const line of list.children) fold(line); };
  all();
  const seen = new MutationObserver(all);
  seen.observe(list, { childList: true, attributes: true, attributeFilter: ["data-seq"], subtree: true });
  signal.addEventListener("abort", () => seen.disconnect());
}
