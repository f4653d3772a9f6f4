/** Hearing one's own recording before it is sent. */

/** @param {{tape: import("./tapes.js").Tape, blob: Blob}} made @returns {HTMLMediaElement} */
export function player({ tape, blob }) {
  const made = document.createElement(tape.kind === "voice" ? "audio" : "video");
  made.controls = true;
  made.src = URL.createObjectURL(blob);
  made.setAttribute("aria-label", "Ваша запись");
  made.addEventListener("loadedmetadata", () => {
    if (made.duration !== Infinity) return; // browsers write no length into the head: look for the end once
    made.currentTime = 1e7;
    made.addEventListener("timeupdate", () => { made.currentTime = 0; }, { once: true });
  }, { once: true });
  return made;
}

/** @param {number} seconds @returns {string} «0:42» */
export const length = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
