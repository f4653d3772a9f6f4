/**
 * One file to the server by tus (tus-js-client, fetched with the first file), from where it stopped, and then made
 * an attachment of the chat. A failure is {text, again}: words for people, and whether trying again can help.
 */
import { keep } from "./uploads.js";

/** @typedef {import("./uploads.js").Upload} Upload @typedef {import("./uploads.js").Attached} Attached @typedef {{text: string, again: boolean}} Failure */

const CHUNK = 32 * 1024 * 1024; // also proxies that hold back bodies pass something on in time
const AT_ONCE = 1024 * 1024; // so small that it may go with the request that makes the upload
const LIBRARY = new URL("../ui/vendor/tus/tus.min.js", import.meta.url).href;
const NO_NETWORK = "Нет сети. Файл сохранён и уйдёт сам, когда связь вернётся.";
const LATER = "Сервер пока не отвечает. Попробуем ещё раз сами.";

/** @type {Map<string, {permit: string, url: string, until: number}>} */
const permits = new Map();

let lost = 0;

/** @returns {Promise<any>} a browser remembers a script that did not come, so it is asked for by another address */
async function library() {
  await import(lost ? `${LIBRARY}?again=${lost}` : LIBRARY).catch(() => { lost += 1; throw failure(NO_NETWORK, true); });
  return /** @type {any} */ (window).tus;
}

/** @param {string} address @returns {Promise<{permit: string, url: string, until: number}>} good for a minute at least */
async function permitted(address) {
  const known = permits.get(address);
  if (known && known.until > Date.now()) return known;
  const said = await ask(`${address}permit/`, {});
  const fresh = { permit: said.permit, url: said.url, until: Date.now() + (said.seconds - 60) * 1000 };
  permits.set(address, fresh);
  return fresh;
}

/** @param {string} address @param {Record<string, string>} form @returns {Promise<any>} @throws {Failure} */
async function ask(address, form) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]");
  const headers = { Accept: "application/json", "X-CSRFToken": token instanceof HTMLInputElement ? token.value : "" };
  const answer = await fetch(address, { method: "POST", headers, body: new URLSearchParams(form), redirect: "error" })
    .catch(() => { throw failure(NO_NETWORK, true); });
  const said = await answer.json().catch(() => ({}));
  if (answer.status === 201) return said;
  const again = answer.status >= 500 || answer.status === 429 || said.code === "file.unfinished";
  throw failure(said.text ?? LATER, again, answer.status);
}

/** @param {string} text @param {boolean} again @param {number} [status] */
const failure = (text, again, status = 0) => ({ text, again, status });

/** @param {any} error what tus-js-client says @returns {Failure & {status: number}} */
function told(error) {
  if (error.causingError?.text) return error.causingError;
  const answer = error.originalResponse;
  if (!answer) return failure(NO_NETWORK, true);
  const status = answer.getStatus();
  const isFinal = status >= 400 && status < 500 && ![401, 409, 423, 429, 460].includes(status);
  const text = /[а-я]/i.test(answer.getBody() ?? "") ? answer.getBody() : isFinal ? "Файл не отправлен. Обновите страницу и выберите его ещё раз." : LATER;
  return failure(text, !isFinal, status);
}

/** @param {Upload} upload @param {(sent: number) => void} onProgress bytes @param {AbortSignal} signal @returns {Promise<void>} all bytes are there */
export async function send(upload, onProgress, signal) {
  const { address, blob, name } = upload;
  const { url } = await permitted(address);
  const { Upload: Task } = await library();
  await new Promise((done, failed) => {
    const task = new Task(blob, {
      endpoint: url,
      uploadUrl: upload.url ?? null,
      chunkSize: CHUNK,
      retryDelays: null, // the parcel tries again, for as long as it takes
      storeFingerprintForResuming: false,
      uploadDataDuringCreation: blob.size <= AT_ONCE,
      metadata: { filename: name },
      onBeforeRequest: async (/** @type {any} */ request) => {
        request.setHeader("Authorization", `Bearer ${(await permitted(address)).permit}`);
      },
      onUploadUrlAvailable: () => {
        upload.url = task.url;
        keep(upload);
      },
      onProgress,
      onSuccess: () => done(undefined),
      onError: (/** @type {any} */ error) => {
        const said = told(error);
        if (said.status === 401) permits.delete(address);
        failed(said);
      },
    });
    signal.addEventListener("abort", () => {
      task.abort(Boolean(task.url)).catch(() => undefined);
      failed(failure("", false));
    });
    if (signal.aborted) failed(failure("", false));
    else task.start();
  });
}

/** @param {Upload} upload @returns {Promise<Attached>} what the finished file is to the chat; asking twice is harmless */
export async function bind(upload) {
  try {
    return await ask(upload.address, { upload: (upload.url ?? "").split("/").pop() ?? "" });
  } catch (error) {
    const said = /** @type {Failure & {status: number}} */ (error);
    if (said.status !== 404) throw said;
    delete upload.url; // too late: the server has forgotten it, so it goes once more
    await keep(upload);
    throw failure(LATER, true, 404);
  }
}
