/**
 * The doctor's draft saves itself: a second after typing, each second and a half while it goes on, and before the page is left. What could not be sent
 * stays in this tab (sessionStorage, forgotten at sign-out like other drafts) and goes when the network is back.
 * Another tab's newer text is never overwritten: the callout asks. data-draft names the consultation,
 * data-status and data-stale the elements that tell.
 * @param {HTMLElement} element the form @param {import("../../../ui/static/ui/app.js").Life} life
 */
export default function draft(element, { signal }) {
  const form = /** @type {HTMLFormElement} */ (element);
  const key = `keep:conclusion:${form.dataset.draft}`;
  const status = document.getElementById(form.dataset.status ?? "");
  const callout = document.getElementById(form.dataset.stale ?? "");
  const revision = /** @type {HTMLInputElement} */ (form.elements.namedItem("revision"));
  let written = text(form);
  let timer = 0;
  let wait = 1000;
  let since = 0;
  /** @type {Promise<boolean> | null} */
  let sending = null;
  let stale = callout !== null && !callout.hidden;

  /** @param {string} words */
  const say = (words) => { if (status) status.textContent = words; };

  const later = () => {
    clearTimeout(timer);
    since ||= Date.now(); // when the first sign came that is not sent: a crash costs two seconds at most
    timer = window.setTimeout(flush, wait > 1000 ? wait : Math.min(wait, Math.max(0, since + 1500 - Date.now())));
  };

  /** Send what is not saved yet. @returns {Promise<boolean>} whether everything is saved now */
  async function flush() {
    clearTimeout(timer);
    since = 0;
    if (sending) await sending;
    if (text(form) === written) return true;
    if (stale) return false;
    sending = send().finally(() => { sending = null; });
    return sending;
  }

  async function send() {
    const body = new FormData(form);
    const sent = text(form);
    say("Сохраняем…");
    let answer;
    try {
      answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    } catch {
      say("Нет сети. Текст хранится на этой странице");
      wait = Math.min(wait * 2, 30000);
      later();
      return false;
    }
    const told = await answer.json().catch(() => ({}));
    if (answer.ok) {
      wait = 1000;
      revision.value = told.revision;
      written = sent;
      if (text(form) === sent) {
        sessionStorage.removeItem(key);
        say(told.said);
      } else later();
      return true;
    }
    if (told.revision !== undefined) ask(told.revision);
    else if (answer.status === 401) say("Вы вышли. Войдите в другой вкладке: текст останется здесь");
    else if (answer.status >= 500) { say("Пока не сохранено, повторим"); wait = Math.min(wait * 2, 30000); later(); }
    else say(told.detail ?? "Не сохранено");
    return false;
  }

  /** @param {number} newer revision that another tab wrote */
  function ask(newer) {
    stale = true;
    revision.value = String(newer);
    say("Не сохранено: изменён в другой вкладке");
    if (callout) { callout.hidden = false; callout.scrollIntoView({ block: "nearest" }); }
  }

  callout?.querySelector("[data-stale-mine]")?.addEventListener("click", () => {
    stale = false;
    callout.hidden = true;
    written = "";
    flush();
  }, { signal });
  callout?.querySelector("[data-stale-theirs]")?.addEventListener("click", () => sessionStorage.removeItem(key), { signal });

  form.addEventListener("input", () => {
    sessionStorage.setItem(key, JSON.stringify({ revision: revision.value, values: values(form) }));
    say("Сохраним через секунду");
    later();
  }, { signal });
  form.addEventListener("change", flush, { signal });
  window.addEventListener("online", flush, { signal });
  document.addEventListener("visibilitychange", () => { if (document.hidden) flush(); }, { signal });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!sending) { sessionStorage.removeItem(key); return; }
    event.preventDefault(); // the answer under way carries the revision that this form must name
    const button = event.submitter;
    sending.then(() => form.requestSubmit(button));
  }, { signal });
  for (const link of document.querySelectorAll(`a[data-draft-preview="${form.id}"]`)) {
    link.addEventListener("click", (event) => {
      if (text(form) === written) return;
      event.preventDefault();
      const page = window.open("", "_blank"); // now, while the click counts as the person's own
      flush().then(() => { if (page) page.location.href = /** @type {HTMLAnchorElement} */ (link).href; });
    }, { signal });
  }
  signal.addEventListener("abort", () => clearTimeout(timer));

  const kept = read(key);
  if (kept && JSON.stringify(kept.values) !== JSON.stringify(values(form))) {
    const fresh = kept.revision === revision.value;
    const newer = Number(revision.value);
    for (const box of form.querySelectorAll("input[type=checkbox]")) /** @type {HTMLInputElement} */ (box).checked = false;
    for (const [name, value] of kept.values) fill(form, name, value);
    if (fresh) later();
    else ask(newer);
  }
}

/** @param {HTMLFormElement} form @returns {[string, string][]} the fields that the doctor fills */
function values(form) {
  return [...new FormData(form)].filter(([name]) => !/^(csrfmiddlewaretoken|revision)$/.test(name)).map(([name, value]) => [name, String(value)]);
}

/** @param {HTMLFormElement} form */
const text = (form) => JSON.stringify(values(form));

/** @param {HTMLFormElement} form @param {string} name @param {string} value */
function fill(form, name, value) {
  const boxes = /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll(`input[type=checkbox][name="${name}"]`));
  for (const box of boxes) if (box.value === value) box.checked = true;
  const field = form.elements.namedItem(name);
  if (boxes.length || !field || field instanceof RadioNodeList) return;
  if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement) field.value = value;
}

/** @param {string} key @returns {{revision: string, values: [string, string][]} | null} */
function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}
