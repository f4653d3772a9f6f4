/**
 * A file of which a job still makes something (waveform, still, first page, the other codec): its part of the line is
 * asked for anew a few times and put in place, unless somebody is listening to it just then.
 */

const WAITS = [3, 6, 15, 45, 120]; // seconds

/** @param {HTMLElement} part data-line names the address of its HTML @param {{signal: AbortSignal}} life */
export default function expected(part, { signal }) {
  let [turn, timer] = [0, 0];
  const wait = () => {
    if (turn < WAITS.length) timer = window.setTimeout(ask, WAITS[turn] * 1000);
    turn += 1;
  };
  const ask = async () => {
    const media = part.querySelector("audio, video");
    const isHeard = media instanceof HTMLMediaElement && (!media.paused || media.currentTime > 0);
    if (document.hidden || isHeard || part.contains(document.activeElement)) return wait();
    const answer = await fetch(part.dataset.line ?? "", { headers: { Accept: "text/html" }, redirect: "error" }).catch(() => null);
    if (signal.aborted || !answer?.ok) return wait();
    const made = document.createElement("template");
    made.innerHTML = await answer.text();
    if (made.content.querySelector("[data-line]")) return wait(); // not yet
    part.replaceWith(made.content);
  };
  signal.addEventListener("abort", () => window.clearTimeout(timer));
  wait();
}
