/**
 * One RTCPeerConnection to the other side. A new offer means a new connection: whoever comes (back) in
 * offers; when both offer at once the doctor's offer stands. Lost media are offered anew.
 */

const OFFER_AGAIN = 4000;

/**
 * @typedef {{
 *   stream: MediaStream, insists: boolean, servers: RTCIceServer[],
 *   send: (data: object) => void, onStream: (stream: MediaStream) => void, onState: (state: string) => void,
 * }} Options
 */

export class Peer {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    /** @type {RTCPeerConnection | null} */
    this.line = null;
    /** @type {RTCIceCandidateInit[]} */
    this.early = [];
    this.timer = 0;
    this.closed = false;
  }

  /** Make a fresh connection and offer it until the other side answers. */
  async offer() {
    if (this.closed) return;
    const line = this.fresh();
    await line.setLocalDescription(await line.createOffer());
    this.options.send({ kind: "offer", sdp: line.localDescription?.sdp });
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      if (this.line === line && !line.remoteDescription) this.offer();
    }, OFFER_AGAIN);
  }

  /** @param {{kind: string, sdp?: string, candidate?: RTCIceCandidateInit}} data */
  async take(data) {
    if (this.closed) return;
    if (data.kind === "offer") return this.answer(data.sdp ?? "");
    const line = this.line;
    if (!line) return;
    if (data.kind === "answer" && line.signalingState === "have-local-offer") {
      await line.setRemoteDescription({ type: "answer", sdp: data.sdp ?? "" });
      await this.drain(line);
    } else if (data.kind === "candidate" && data.candidate) {
      if (line.remoteDescription) await line.addIceCandidate(data.candidate).catch(() => {});
      else this.early.push(data.candidate);
    }
  }

  /** @param {string} sdp */
  async answer(sdp) {
    if (this.options.insists && this.line?.signalingState === "have-local-offer") return;
    const line = this.fresh();
    window.clearTimeout(this.timer);
    await line.setRemoteDescription({ type: "offer", sdp });
    await line.setLocalDescription(await line.createAnswer());
    this.options.send({ kind: "answer", sdp: line.localDescription?.sdp });
    await this.drain(line);
  }

  /** @param {RTCPeerConnection} line */
  async drain(line) {
    for (const candidate of this.early.splice(0)) await line.addIceCandidate(candidate).catch(() => {});
  }

  fresh() {
    this.line?.close();
    this.early = [];
    const { stream, servers, send, onStream, onState, insists } = this.options;
    const line = new RTCPeerConnection({ iceServers: servers });
    this.line = line;
    for (const track of stream.getTracks()) line.addTrack(track, stream);
    if (!stream.getVideoTracks().length) line.addTransceiver("video", { direction: "recvonly" });
    line.addEventListener("icecandidate", ({ candidate }) => {
      if (candidate && this.line === line) send({ kind: "candidate", candidate: candidate.toJSON() });
    });
    line.addEventListener("track", ({ streams }) => streams[0] && onStream(streams[0]));
    line.addEventListener("connectionstatechange", () => {
      if (this.line !== line) return;
      onState(line.connectionState);
      if (line.connectionState === "failed" && insists) this.offer();
    });
    return line;
  }

  close() {
    this.closed = true;
    window.clearTimeout(this.timer);
    this.line?.close();
    this.line = null;
  }
}
