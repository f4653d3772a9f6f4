import { count, forget } from "./unsent.js";

/**
 * Nothing typed is lost: the words of a form stay in this tab until the form has been sent.
 * data-keep names the draft (the address by default). Passwords, files and hidden fields are never kept;
 * a field with data-no-keep neither. What the server filled in wins over the draft. The sign-out form carries
 * data-keep-forget: the next person at this computer sees no draft of the one before, and nothing that waited to
 * be sent; who has such things is asked first.
 * @param {HTMLElement} element the form @param {import("../app.js").Life} life
 */
export default function keep(element, { signal }) {
  const form = /** @type {HTMLFormElement} */ (element);
  if (form.dataset.keepForget !== undefined) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      leave(form);
    }, { signal });
    return;
  }
  const key = `keep:${form.dataset.keep ?? location.pathname}`;
  const sent = `${key}:sent`;
  // A form that came back with errors is filled by the server; one that did not come back has been accepted.
  if (sessionStorage.getItem(sent)) {
    sessionStorage.removeItem(sent);
    if (!form.querySelector("[aria-invalid=true], .field-error")) sessionStorage.removeItem(key);
  }
  restore(form, read(key));
  let timer = 0;
  const save = () => {
    clearTimeout(timer);
    sessionStorage.setItem(key, JSON.stringify(collect(form)));
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(save, 250);
  }, { signal });
  form.addEventListener("change", save, { signal });
  form.addEventListener("submit", () => {
    save();
    sessionStorage.setItem(sent, "1");
  }, { signal });
  form.addEventListener("keep:forget", () => sessionStorage.removeItem(key), { signal });
  signal.addEventListener("abort", () => clearTimeout(timer));
}

/** @param {HTMLFormElement} form of the sign-out */
async function leave(form) {
  const late = new Promise((done) => window.setTimeout(done, 2000, 0)); // a stuck database keeps nobody here
  const waits = await Promise.race([count(), late]);
  if (waits && !window.confirm(`Не отправлено сообщений: ${waits}. Если выйти, они пропадут. Выйти?`)) return;
  forgetDrafts();
  await Promise.race([forget(), late]);
  form.submit();
}

function forgetDrafts() {
  for (const name of Object.keys(sessionStorage)) if (name.startsWith("keep:")) sessionStorage.removeItem(name);
}

/** @param {HTMLFormElement} form @returns {(HTMLInputElement|HTMLTextAreaElement|HTMLSelectElement)[]} */
function fields(form) {
  return /** @type {any} */ ([...form.elements].filter((one) =>
    one.matches("textarea[name], select[name], input[name]:not([type=password], [type=file], [type=hidden], [type=submit])")
    && !one.hasAttribute("data-no-keep")));
}

/** @param {HTMLFormElement} form */
function collect(form) {
  /** @type {Record<string, string[]>} */
  const values = {};
  for (const one of fields(form)) {
    const box = one instanceof HTMLInputElement && (one.type === "checkbox" || one.type === "radio");
    values[one.name] ??= [];
    if (!box || one.checked) values[one.name].push(one.value);
  }
  return values;
}

/** @param {HTMLFormElement} form @param {Record<string, string[]>} values */
function restore(form, values) {
  /** @type {Record<string, number>} */
  const seen = {};
  for (const one of fields(form)) {
    const kept = values[one.name];
    if (!kept) continue;
    if (one instanceof HTMLInputElement && (one.type === "checkbox" || one.type === "radio")) {
      one.checked = kept.includes(one.value);
    } else {
      const index = (seen[one.name] = (seen[one.name] ?? -1) + 1);
      if (!one.value && kept[index]) one.value = kept[index];
    }
    one.dispatchEvent(new Event("input", { bubbles: false }));
  }
}

/** @param {string} key @returns {Record<string, string[]>} */
function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "{}");
  } catch {
    return {};
  }
}
