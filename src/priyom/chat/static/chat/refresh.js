/**
 * The consultation went on (frozen, signed, moved): the parts of the page that say so are taken anew from the
 * server. What the reader types or hears stays; an ended talk is loaded whole, for its page is another one.
 */

const ENDED = ["completed", "cancelled", "no_show", "returned"];
const PARTS = [".chat-head > .band", "form.composer, .composer-closed", "[data-fresh]"];

/** @param {string} state @param {string} side */
export async function refresh(state, side) {
  if (side === "patient" && ENDED.includes(state)) {
    window.setTimeout(() => window.location.reload(), 1200); // the last line is read first
    return;
  }
  const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of PARTS) {
    const [now, next] = [document.querySelectorAll(part), page.querySelectorAll(part)];
    if (now.length !== next.length) continue;
    now.forEach((one, index) => {
      const fresh = next[index];
      // A composer stays while one may write: there may be words in it.
      if (one.matches("form.composer") && fresh.matches("form.composer")) return;
      if (one.querySelector("details[open]")) return; // a reason is being written
      if (one.outerHTML !== fresh.outerHTML) one.replaceWith(document.adoptNode(fresh));
    });
  }
}
