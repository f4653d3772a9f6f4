/** A file that is being checked: its line is taken anew from the server until the check is over. */

const PAUSES = [1500, 3000, 5000, 10_000, 30_000];

/** @param {HTMLElement} mark inside the line of its message @param {{signal: AbortSignal}} life */
export default function checking(mark, { signal }) {
  const line = /** @type {HTMLElement | null} */ (mark.closest("li[data-seq]"));
  const root = /** @type {HTMLElement | null} */ (mark.closest("[data-root]"))?.dataset.root;
  // One question for all files of a message.
  if (!line || !root || line.querySelector("[data-file-checking]") !== mark) return;
  let tries = 0;
  const ask = async () => {
    if (signal.aborted) return;
    const fresh = await lineAnew(root, Number(line.dataset.seq)).catch(() => null);
    if (signal.aborted) return;
    if (fresh && fresh.outerHTML !== line.outerHTML && !fresh.querySelector("[data-file-checking]")) line.replaceWith(fresh);
    else window.setTimeout(ask, PAUSES[Math.min(tries++, PAUSES.length - 1)]);
  };
  window.setTimeout(ask, PAUSES[0]);
}

/** @param {string} root @param {number} seq @returns {Promise<Element | null>} */
async function lineAnew(root, seq) {
  const answer = await fetch(`${root}entries/?after=${seq - 1}`, { headers: { Accept: "text/html" }, redirect: "error" });
  if (!answer.ok) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.querySelector(`li[data-seq="${seq}"]`);
  return found && document.adoptNode(found);
}
