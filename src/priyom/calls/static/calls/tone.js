/** A soft ring made by the browser itself; it may stay silent where a page has not been touched yet. */

/** @type {AudioContext | null} */
let context = null;
let timer = 0;

function beep() {
  if (!context || context.state !== "running") return;
  const now = context.currentTime;
  for (const [start, pitch] of [[0, 523], [0.22, 659]]) {
    const voice = context.createOscillator();
    const loud = context.createGain();
    voice.frequency.value = pitch;
    loud.gain.setValueAtTime(0.0001, now + start);
    loud.gain.exponentialRampToValueAtTime(0.12, now + start + 0.03);
    loud.gain.exponentialRampToValueAtTime(0.0001, now + start + 0.2);
    voice.connect(loud).connect(context.destination);
    voice.start(now + start);
    voice.stop(now + start + 0.25);
  }
}

/** Ring until `silence` or for 45 seconds. */
export function ring() {
  silence();
  context = new AudioContext();
  context.resume().catch(() => {});
  let left = 15;
  beep();
  timer = window.setInterval(() => { if (left-- > 0) beep(); else silence(); }, 3000);
  document.title = `Звонок · ${document.title.replace(/^Звонок · /, "")}`;
}

export function silence() {
  window.clearInterval(timer);
  context?.close().catch(() => {});
  context = null;
  document.title = document.title.replace(/^Звонок · /, "");
}
