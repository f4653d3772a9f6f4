/**
 * The files that may be ticked are asked for when the part is opened: the patient sends while the doctor writes.
 * data-source is the address of the list. What is ticked on the page stays ticked; before the list is there, hidden
 * fields stand for it.
 * @param {HTMLElement} element the details @param {import("../../../ui/static/ui/app.js").Life} life
 */
export default function materials(element, { signal }) {
  const list = element.querySelector("fieldset");
  if (!(element instanceof HTMLDetailsElement) || !list) return;
  const inputs = () => /** @type {HTMLInputElement[]} */ ([...list.querySelectorAll("input[name=materials]")]);
  element.addEventListener("toggle", async () => {
    if (!element.open) return;
    const answer = await fetch(element.dataset.source ?? "", { signal }).catch(() => null);
    if (!answer?.ok) return;
    const fresh = document.createElement("template");
    fresh.innerHTML = await answer.text(); // our own template, escaped there
    const known = new Map(inputs().map((one) => [one.value, one]));
    for (const label of fresh.content.querySelectorAll("label")) {
      const box = /** @type {HTMLInputElement} */ (label.querySelector("input"));
      const here = known.get(box.value);
      if (here?.type === "checkbox") continue;
      box.checked = here !== undefined;
      here?.remove();
      list.append(label);
    }
    for (const note of list.querySelectorAll("p")) note.remove();
    if (!inputs().length) list.append(...fresh.content.querySelectorAll("p"));
  }, { signal });
}
