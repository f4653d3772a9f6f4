/**
 * A taken request stays with its registrar while the registrar works on this page: keys and clicks prolong it, at
 * most every two minutes; silence does not. When it has gone back to the journal, the page says so at once.
 * @param {HTMLElement} element @param {import("../../../ui/static/ui/app.js").Life} life
 */
export default function working(element, { signal }) {
  const address = element.dataset.stay ?? "";
  const lost = document.getElementById(element.dataset.lost ?? "");
  let last = Date.now();
  const renew = async () => {
    const token = document.querySelector("input[name=csrfmiddlewaretoken]");
    const answer = await fetch(address, {
      method: "POST",
      headers: { "X-CSRFToken": token instanceof HTMLInputElement ? token.value : "", Accept: "application/json" },
      redirect: "error",
    });
    if (lost) lost.hidden = answer.status !== 409;
    document.dispatchEvent(new CustomEvent("worklist:ask"));
  };
  const work = () => {
    if (Date.now() - last < Number(element.dataset.every)) return;
    last = Date.now();
    renew().catch(() => undefined); // the next key tries again
  };
  for (const name of ["keydown", "pointerdown"]) document.addEventListener(name, work, { signal, passive: true, capture: true });
}
