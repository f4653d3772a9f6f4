/**
 * The visitor's own file is compared with the kept one by sha-256, here in the browser: the file is not sent. Before a
 * document is known, its hash is asked for at the address in data-ask.
 * @param {HTMLElement} element carries data-sha256 or data-ask @param {import("../../../ui/static/ui/app.js").Life} life
 */
export default function compare(element, { signal }) {
  const input = element.querySelector("input[type=file]");
  const answer = element.querySelector("[data-compare-answer]");
  if (!(input instanceof HTMLInputElement) || !answer) return;
  if (!crypto.subtle) { // only pages with https or on this computer may count hashes
    element.hidden = true;
    return;
  }
  input.addEventListener("change", async () => {
    const file = input.files?.[0];
    if (!file) return;
    answer.textContent = "Сравниваем…";
    const hash = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    const hex = [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    if (element.dataset.ask) {
      window.location.assign(`${element.dataset.ask}?sha256=${hex}`);
      return;
    }
    const same = hex === element.dataset.sha256;
    answer.className = same ? "callout ok" : "callout bad";
    answer.textContent = same
      ? `Файл «${file.name}» совпадает с подписанным до последнего знака.`
      : `Файл «${file.name}» отличается от подписанного: это другой документ или его изменили.`;
  }, { signal });
}
