/**
 * The photo coach: a chosen photo that shows too little is asked for again, kindly, before a byte is sent. Whoever
 * takes files calls `coached(files)` and sends what it returns. Without the dialog on the page everything passes.
 */
import { judge } from "./coach_judge.js";

/** @typedef {import("./coach_judge.js").Verdict} Verdict */

/** @type {Partial<Record<Verdict, [string, string]>>} what is the matter, and what helps */
export const ADVICE = {
  blurred: ["Фото размыто", "Врач может не разглядеть главного. Снимите ещё раз, держа телефон двумя руками, и подождите, пока изображение станет чётким."],
  dark: ["Фото слишком тёмное", "Включите свет или подойдите к окну и снимите ещё раз."],
  burnt: ["Фото засвечено", "Отойдите от яркого света или выключите вспышку и снимите ещё раз."],
  small: ["Фото маленькое", "Подробностей на нём не видно. Снимите камерой телефона или выберите исходное фото, а не копию из переписки."],
};

/** @param {File[]} files @returns {Promise<File[]>} what shall be sent, in the same order */
export async function coached(files) {
  const box = document.querySelector("dialog[data-coach]");
  if (!(box instanceof HTMLDialogElement)) return files;
  const kept = [];
  for (const [index, file] of files.entries()) {
    const place = files.length > 1 ? `Фото ${index + 1} из ${files.length}` : "";
    const answer = await settled(box, file, place);
    if (answer) kept.push(answer);
  }
  return kept;
}

/** Ask until the photo is good or the person has decided. @param {HTMLDialogElement} box @param {File} file @param {string} place @returns {Promise<File | null>} */
async function settled(box, file, place) {
  for (let now = file; ;) {
    const { verdict } = now.type.startsWith("image/") ? await judge(now).catch(() => ({ verdict: /** @type {Verdict} */ ("unknown") })) : { verdict: /** @type {Verdict} */ ("good") };
    const advice = ADVICE[verdict];
    if (!advice) return now;
    const answer = await ask(box, now, advice, place);
    if (answer === "send") return now;
    if (answer === "drop") return null;
    now = answer;
  }
}

/** @param {HTMLDialogElement} box @param {File} file @param {[string, string]} advice @param {string} place @returns {Promise<"send" | "drop" | File>} */
function ask(box, file, [what, help], place) {
  const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (box.querySelector(`[data-coach-${name}]`));
  const picture = /** @type {HTMLImageElement} */ (part("picture"));
  const again = /** @type {HTMLInputElement} */ (part("again"));
  const over = new AbortController();
  picture.src = URL.createObjectURL(file);
  picture.alt = file.name;
  part("what").textContent = what;
  part("help").textContent = help;
  part("place").textContent = place;
  again.value = "";
  return new Promise((done) => {
    /** @param {"send" | "drop" | File} answer */
    const end = (answer) => {
      over.abort();
      URL.revokeObjectURL(picture.src);
      picture.removeAttribute("src");
      box.close();
      done(answer);
    };
    const { signal } = over;
    again.addEventListener("change", () => { if (again.files?.[0]) end(again.files[0]); }, { signal });
    part("send").addEventListener("click", () => end("send"), { signal });
    part("drop").addEventListener("click", () => end("drop"), { signal });
    box.addEventListener("cancel", (event) => { event.preventDefault(); end("drop"); }, { signal });
    box.showModal();
  });
}
