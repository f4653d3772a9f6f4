/** The list above the composer: one line for each file on its way, with its progress and a way out. */

/** @returns {Element | null} */
const list = () => document.querySelector("[data-chat-queue]");

/** @param {import("./uploads.js").Upload} upload @param {() => void} drop @returns {import("./parcel.js").Row} */
export function line(upload, drop) {
  const row = document.createElement("li");
  const words = document.createElement("span");
  const bar = document.createElement("progress");
  const share = document.createElement("small");
  const cancel = button("Отменить", () => { drop(); row.remove(); });
  cancel.setAttribute("aria-label", `Отменить отправку: ${upload.name}`);
  bar.max = upload.blob.size || 1;
  bar.value = 0;
  bar.setAttribute("aria-label", upload.name);
  share.className = "numbers second";
  words.textContent = upload.name;
  row.append(words, bar, share, cancel);
  list()?.append(row);
  return {
    progress: (sent) => {
      row.classList.remove("waits");
      words.textContent = upload.name;
      bar.value = sent;
      share.textContent = `${size(sent)} из ${size(upload.blob.size)}`;
    },
    checking: () => { share.textContent = "Почти готово"; },
    waits: (text) => {
      row.classList.add("waits");
      words.textContent = `${upload.name}: ${text}`;
    },
    refused: (text) => {
      words.textContent = `${upload.name}: ${text}`;
      bar.remove();
      share.remove();
      cancel.replaceWith(button("Убрать", () => row.remove()));
    },
    done: () => row.remove(),
  };
}

/** @param {string} name */
export function tooBig(name) {
  const row = document.createElement("li");
  row.append(`${name}: больше 500 МБ. Снимите короче или выберите другой. `, button("Убрать", () => row.remove()));
  list()?.append(row);
}

/** @param {number} bytes */
function size(bytes) {
  if (bytes < 1024 * 1024) return `${Math.ceil(bytes / 1024)} КБ`;
  return `${(bytes / 1024 / 1024).toLocaleString("ru", { maximumFractionDigits: 1 })} МБ`;
}

/** @param {string} words @param {() => void} act */
function button(words, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "link";
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}
