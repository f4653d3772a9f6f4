/**
 * One recording: microphone and camera, pause, level, length. Each piece is kept before it counts; who shows it hears
 * `change`, `level`, `ready` and `trouble` by the functions handed over.
 */
import { hold, keep } from "./tapes.js";

/** Seconds that a message may last, and how many before its end the countdown begins. */
export const LONGEST = 5 * 60;
export const COUNTDOWN = 30;
const PIECE = 500;
const FORMS = {
  voice: ["audio/webm;codecs=opus", "audio/mp4;codecs=mp4a.40.2", "audio/mp4", "audio/ogg;codecs=opus"],
  video: ["video/webm;codecs=vp9,opus", "video/webm;codecs=vp8,opus", "video/mp4"],
};

/** @param {"voice" | "video"} kind @returns {string} the form that this browser records, or nothing */
export const formOf = (kind) => FORMS[kind].find((one) => window.MediaRecorder?.isTypeSupported(one)) ?? "";

/**
 * @typedef {import("./tapes.js").Tape} Tape
 * @typedef {{tick: (seconds: number) => void, level: (level: number) => void, ready: (blob: Blob, full: boolean) => void}} Hear
 */

export class Recording {
  /** @param {MediaStream} stream @param {Tape} tape @param {string} form @param {Hear} hear */
  constructor(stream, tape, form, hear) {
    this.stream = stream;
    this.tape = tape;
    this.hear = hear;
    /** @type {Blob[]} */
    this.pieces = [];
    this.before = 0; // seconds of the parts before the last pause
    this.since = performance.now();
    this.thrown = false;
    this.free = hold(tape);
    this.machine = new MediaRecorder(stream, { mimeType: form, audioBitsPerSecond: 32_000, videoBitsPerSecond: 900_000 });
    this.machine.addEventListener("dataavailable", ({ data }) => { if (data.size && !this.thrown) this.take(data); });
    this.machine.addEventListener("stop", () => this.end());
    for (const track of stream.getTracks()) track.addEventListener("ended", () => this.stop()); // unplugged
    this.machine.start(PIECE);
    this.timer = window.setInterval(() => this.tick(), 100);
    this.meter = meter(stream);
  }

  /** Length so far, without the pauses. */
  get seconds() {
    return this.before + (this.machine.state === "recording" ? (performance.now() - this.since) / 1000 : 0);
  }

  get isPaused() {
    return this.machine.state === "paused";
  }

  /** @param {Blob} data */
  take(data) {
    this.tape.seconds = Math.max(this.tape.seconds, this.seconds);
    this.pieces.push(data);
    keep({ ...this.tape }, this.pieces.length - 1, data).catch(() => undefined); // without room it is in memory still
  }

  tick() {
    this.hear.level(this.isPaused ? 0 : this.meter.level());
    this.hear.tick(this.seconds);
    if (this.seconds >= LONGEST) this.stop();
  }

  pause() {
    if (this.machine.state !== "recording") return;
    this.before = this.seconds;
    this.machine.pause();
    this.machine.requestData(); // what was said before the pause is safe at once
  }

  resume() {
    if (!this.isPaused) return;
    this.since = performance.now();
    this.machine.resume();
  }

  stop() {
    this.before = this.tape.seconds = this.seconds;
    if (this.machine.state !== "inactive") this.machine.stop();
    this.release();
  }

  /** Stop and keep nothing. */
  throw() {
    this.thrown = true;
    this.stop();
  }

  release() {
    window.clearInterval(this.timer);
    this.meter.close();
    for (const track of this.stream.getTracks()) track.stop();
  }

  end() {
    this.release();
    this.free();
    if (!this.thrown) this.hear.ready(new Blob(this.pieces, { type: this.tape.type }), this.before >= LONGEST);
  }
}

/** How loud it is now. @param {MediaStream} stream @returns {{level: () => number, close: () => void}} 0…1 */
function meter(stream) {
  const context = new AudioContext();
  const ear = context.createAnalyser();
  ear.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(ear);
  const samples = new Float32Array(ear.fftSize);
  return {
    level: () => {
      ear.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, one) => sum + one * one, 0) / samples.length;
      return Math.min(1, Math.sqrt(power) * 4);
    },
    close: () => { if (context.state !== "closed") context.close(); },
  };
}
