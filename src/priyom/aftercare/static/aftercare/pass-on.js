/**
 * <div data-behaviour="pass-on" data-address="https://…"> shows its button: the phone's own «share», elsewhere a copy.
 * Without the script the address is selected and copied by hand.
 * @param {HTMLElement} element @param {import("../../../ui/static/ui/app.js").Life} life
 */
export default function passOn(element, { signal }) {
  const button = element.querySelector("button");
  const said = element.querySelector("[role=status]");
  const url = element.dataset.address ?? "";
  const mayShare = typeof navigator.share === "function";
  if (!button || !said || !(mayShare || navigator.clipboard)) return;
  const word = button.querySelector("[data-word]");
  if (word) word.textContent = mayShare ? "Передать" : "Скопировать";
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      if (mayShare) await navigator.share({ url });
      else {
        await navigator.clipboard.writeText(url);
        said.textContent = "Скопировано.";
      }
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return; // the person closed the phone's list
      said.textContent = "Не получилось: выделите адрес и скопируйте его сами.";
    }
  }, { signal });
}
