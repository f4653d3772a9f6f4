/**
 * The week's grid: a free time is dragged to another cell, or moved by Alt+arrows (a day, or its own length). A click
 * chooses it in the form #move, which does the same without a mouse and without this script; here the form is filled and sent.
 * @param {HTMLElement} table @param {{signal: AbortSignal}} life
 */
export default function week(table, { signal }) {
  const form = document.getElementById("move");
  if (!(form instanceof HTMLFormElement)) return;
  /** @type {HTMLElement | null} */
  let dragged = null;

  table.addEventListener("dragstart", (event) => {
    dragged = slotOf(event.target);
    if (!dragged || !event.dataTransfer) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.slot ?? "");
    dragged.classList.add("going");
  }, { signal });
  table.addEventListener("dragover", (event) => {
    const cell = cellOf(event.target);
    if (!dragged || !cell) return;
    event.preventDefault();
    mark(table, cell);
  }, { signal });
  table.addEventListener("dragend", () => {
    dragged?.classList.remove("going");
    dragged = null;
    mark(table, null);
  }, { signal });
  table.addEventListener("drop", (event) => {
    const cell = cellOf(event.target);
    if (!dragged || !cell) return;
    event.preventDefault();
    if (cell !== dragged.closest("td")) send(form, dragged, cell.dataset.day ?? "", cell.dataset.at ?? "");
  }, { signal });

  table.addEventListener("click", (event) => {
    const slot = slotOf(event.target);
    if (!slot) return;
    for (const one of table.querySelectorAll(".chosen")) one.classList.remove("chosen");
    slot.classList.add("chosen");
    fill(form, slot, slot.closest("td")?.dataset.day ?? "", slot.closest("td")?.dataset.at ?? "");
    field(form, "day").focus();
    form.scrollIntoView({ block: "nearest" });
  }, { signal });
  table.addEventListener("keydown", (event) => {
    const slot = slotOf(event.target);
    if (!slot || !event.altKey || !event.key.startsWith("Arrow")) return;
    event.preventDefault();
    const [day, at] = moved(slot, event.key);
    if (day) send(form, slot, day, at);
  }, { signal });

  const before = document.getElementById(location.hash.slice(1));
  if (before && table.contains(before)) before.focus();
}

/**
 * Where Alt+arrow leads: a day to the side, or its own length up and down within the day.
 * @param {HTMLElement} slot @param {string} key @returns {[string, string]} day and «09:20», or empty words
 */
export function moved(slot, key) {
  const cell = slot.closest("td");
  const [begin, end] = (slot.dataset.span ?? "").split("–").map(minutes);
  const day = cell?.dataset.day ?? "";
  if (!day || begin === undefined || end === undefined) return ["", ""];
  if (key === "ArrowLeft" || key === "ArrowRight") {
    const date = new Date(`${day}T12:00:00Z`);
    date.setUTCDate(date.getUTCDate() + (key === "ArrowRight" ? 1 : -1));
    return [date.toISOString().slice(0, 10), clock(begin)];
  }
  const to = begin + (key === "ArrowDown" ? 1 : -1) * (end - begin);
  return to < 0 || to >= 24 * 60 ? ["", ""] : [day, clock(to)];
}

/** @param {string} text */
function minutes(text) {
  const [hours, rest] = text.split(":").map(Number);
  return (hours ?? 0) * 60 + (rest ?? 0);
}

/** @param {number} all */
function clock(all) {
  return `${String(Math.floor(all / 60)).padStart(2, "0")}:${String(all % 60).padStart(2, "0")}`;
}

/** @param {HTMLFormElement} form @param {HTMLElement} slot @param {string} day @param {string} at */
function send(form, slot, day, at) {
  fill(form, slot, day, at);
  form.requestSubmit();
}

/** @param {HTMLFormElement} form @param {HTMLElement} slot @param {string} day @param {string} at */
function fill(form, slot, day, at) {
  field(form, "slot").value = slot.dataset.slot ?? "";
  field(form, "day").value = day;
  field(form, "at").value = at;
}

/** @param {HTMLFormElement} form @param {string} name */
function field(form, name) {
  return /** @type {HTMLInputElement | HTMLSelectElement} */ (form.elements.namedItem(name));
}

/** @param {EventTarget | null} target */
function slotOf(target) {
  const found = target instanceof Element ? target.closest("[data-slot]") : null;
  return found instanceof HTMLElement ? found : null;
}

/** @param {EventTarget | null} target */
function cellOf(target) {
  return target instanceof Element ? /** @type {HTMLElement | null} */ (target.closest("td[data-day]")) : null;
}

/** @param {HTMLElement} table @param {HTMLElement | null} cell */
function mark(table, cell) {
  for (const one of table.querySelectorAll(".over")) if (one !== cell) one.classList.remove("over");
  cell?.classList.add("over");
}
