/**
 * The consultation went on (frozen, signed, moved): the parts of the page that say so are taken anew from the
 * server. What the reader types or hears stays; an ended talk is loaded whole, for its page is another one.
 */

const ENDED = ["completed", "cancelled", "no_show", "returned"];
const PARTS = [".chat-head > .band", ".composer-place", "[data-fresh]"];

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
      if (one.matches(".composer-place")) return void write(one, fresh);
      if (one.querySelector("details[open]")) return; // a reason is being written
      if (one.outerHTML !== fresh.outerHTML) one.replaceWith(document.adoptNode(fresh));
    });
  }
}

/**
 * A composer stays while one may write: there may be words in it. One that goes leaves what is being recorded and
 * sent; one that comes brings its recorder and queue.
 * @param {Element} now @param {Element} next
 */
function write(now, next) {
  const [had, has] = [now, next].map((one) => one.querySelector("form.composer, .composer-closed"));
  if (!had || !has || (had.matches("form") && has.matches("form"))) return;
  if (has.matches("form") && !now.querySelector(".recorder")) now.replaceWith(document.adoptNode(next));
  else if (had.outerHTML !== has.outerHTML) had.replaceWith(document.adoptNode(has));
}
