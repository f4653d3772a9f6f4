/**
 * The call on a consultation's page: the acts are the forms of the page (POST), the media go from browser
 * to browser, their description through the chat's socket (events chat:signal and chat:signal-out).
 */
import { close, open } from "./media.js";
import { Peer } from "./peer.js";
import { ring, silence } from "./tone.js";

const BEAT = 10_000;

/** @param {HTMLElement} part the section that calls/parts/call.html draws @param {{signal: AbortSignal}} life */
export default function call(part, { signal }) {
  const find = (/** @type {string} */ name) => /** @type {HTMLElement} */ (part.querySelector(`[data-call-${name}]`));
  const { root = "/my/", state } = part.dataset;
  const isDoctor = root === "/desk/";
  /** @type {MediaStream | null} */ let mine = null;
  /** @type {Peer | null} */ let peer = null;
  let beat = 0;

  const trouble = (/** @type {string} */ words) => {
    const place = find("trouble");
    place.textContent = words;
    place.hidden = !words;
  };

  /** @param {string} address @returns {Promise<{call: string, state: string}>} */
  const post = async (address) => {
    const token = document.querySelector("[name=csrfmiddlewaretoken]");
    const answer = await fetch(address, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": token instanceof HTMLInputElement ? token.value : "" },
    });
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(told.text ?? "Нет связи. Проверьте сеть и попробуйте ещё раз.");
    return told;
  };

  /** Draw the section anew from the server; the picture of a call we are in stays as it is. */
  const refresh = async () => {
    const answer = await fetch(part.dataset.part ?? "", { headers: { Accept: "text/html" } });
    const made = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("call");
    if (!made || !part.isConnected) return;
    if (!peer || made.dataset.call !== part.dataset.call) return part.replaceWith(made);
    part.dataset.state = made.dataset.state;
    part.querySelector("[data-call-card], .call-start")?.replaceWith(made.querySelector("[data-call-card]") ?? "");
  };

  const stop = () => {
    peer?.close();
    close(mine);
    window.clearInterval(beat);
    silence();
    peer = mine = null;
    find("stage").hidden = true;
  };

  /** @param {string} callId @param {MediaStream} stream @param {boolean} offers */
  const connect = (callId, stream, offers) => {
    mine = stream;
    part.dataset.call = callId;
    find("stage").hidden = false;
    const other = /** @type {HTMLVideoElement} */ (find("other"));
    /** @type {HTMLVideoElement} */ (find("own")).srcObject = stream;
    peer = new Peer({
      stream, insists: isDoctor, servers: JSON.parse(part.dataset.servers || "[]"),
      send: (data) => document.dispatchEvent(new CustomEvent("chat:signal-out", { detail: { call: callId, data } })),
      onStream: (theirs) => { other.srcObject = theirs; silence(); },
      onState: (now) => {
        const words = { connected: "На связи", disconnected: "Связь прервалась, соединяем снова…", failed: "Связь прервалась, соединяем снова…" };
        find("words").textContent = words[/** @type {keyof typeof words} */ (now)] ?? "Соединяем…";
        part.dataset.line = now;
        if (now === "connected") refresh();
      },
    });
    beat = window.setInterval(() => post(`${root}calls/${callId}/beat/`).catch(() => {}), BEAT);
    if (offers) peer.offer();
  };

  /** Take camera and microphone first, then do the act: nobody waits for somebody without a voice. */
  const enter = async (/** @type {string} */ address, /** @type {boolean} */ withVideo) => {
    trouble("");
    let stream = null;
    try {
      stream = await open(withVideo);
      const told = await post(address);
      connect(told.call, stream, !address.endsWith("/call/"));
      if (address.endsWith("/call/")) ring();
      await refresh();
    } catch (error) {
      close(stream);
      trouble(error instanceof Error ? error.message : String(error));
    }
  };

  part.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const act = form.querySelector("[data-act]")?.getAttribute("data-act") ?? "";
    event.preventDefault();
    if (["call.ring", "call.accept", "call.rejoin"].includes(act)) enter(form.action, true);
    else post(form.action).then(() => { stop(); return refresh(); }).catch((error) => trouble(error.message));
    form.dispatchEvent(new CustomEvent("ui:free"));
  }, { signal });

  part.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("button");
    if (!button) return;
    if ("callVoice" in button.dataset) enter(button.previousElementSibling?.getAttribute("action") ?? "", false);
    if ("callLeave" in button.dataset) post(`${root}calls/${part.dataset.call}/leave/`).then(() => { stop(); refresh(); }).catch((error) => trouble(error.message));
    if ("callMic" in button.dataset) toggle(button, mine?.getAudioTracks());
    if ("callCamera" in button.dataset) toggle(button, mine?.getVideoTracks());
  }, { signal });

  document.addEventListener("chat:signal", (event) => {
    const { call: from, data } = /** @type {CustomEvent} */ (event).detail;
    if (from === part.dataset.call) peer?.take(data);
  }, { signal });
  document.addEventListener("chat:entry", (event) => {
    const { kind, data } = /** @type {CustomEvent} */ (event).detail;
    if (kind === "call" && !peer) refresh();
    if (kind === "call_ended") {
      if (!data?.call || data.call === part.dataset.call) stop();
      refresh();
    }
  }, { signal });
  signal.addEventListener("abort", stop);
  if (state === "ringing" && !part.dataset.caller) ring();
}

/** @param {HTMLElement} button @param {MediaStreamTrack[] | undefined} tracks */
function toggle(button, tracks) {
  const on = button.getAttribute("aria-pressed") !== "true";
  tracks?.forEach((track) => { track.enabled = on; });
  button.setAttribute("aria-pressed", String(on));
}
