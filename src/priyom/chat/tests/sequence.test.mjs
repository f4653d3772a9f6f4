/**
 * The resume logic of the page against a model of everything around it: a log that grows, a line that drops,
 * repeats and reorders, acks, answers that come late, fail or belong to an earlier question, windows further up.
 * Whatever happens: no number is drawn twice, out of order or past a hole; when all has calmed down nothing lacks.
 */
import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { Sequence } from "../static/chat/sequence.js";

const PAGE = 5;
const SIZES = { few: 3, far: 12 };

class World {
  /** @param {number} length @param {number} last of the window that the page came with */
  constructor(length, last) {
    this.log = Array.from({ length }, (_, n) => ({ seq: n + 1, plain: n % 3 !== 0 }));
    this.shown = Math.min(last, length);
    this.sequence = new Sequence(this.shown, length, SIZES);
    this.drawn = this.shown ? [this.shown] : []; // the end of the first window is enough
    /** @type {{seq: number, plain: boolean}[]} frames on the line */
    this.wire = [];
    this.old = []; // frames that were delivered once
    this.isUp = false;
    this.sent = 0;
    /** @type {{mark: number, after: number, numbers: number[] | null}[]} */
    this.questions = [];
  }

  write(plain) {
    const entry = { seq: this.log.length + 1, plain };
    this.log.push(entry);
    if (this.isUp) { this.wire.push(entry); this.sent = entry.seq; }
    return entry;
  }

  up() {
    this.isUp = true;
    this.wire = [];
    const after = Math.min(this.sequence.after, this.log.length);
    this.sequence.reach(this.log.length);
    this.wire.push(...this.log.slice(after));
  }

  down() { this.isUp = false; this.wire = []; }

  deliver(at) {
    if (!this.wire.length) return;
    const [frame] = this.wire.splice(at % this.wire.length, 1);
    this.old.push(frame);
    this.sequence.hear(frame);
  }

  late(at) { if (this.old.length) this.sequence.hear(this.old[at % this.old.length]); }

  draw() {
    for (let entry; (entry = this.sequence.next(({ plain }) => plain)); ) this.put(entry.seq);
    if (this.sequence.isBehind) this.ask();
  }

  ask() {
    if (this.sequence.isAsking) return;
    this.questions.push({ mark: this.sequence.ask(), after: this.sequence.shown, numbers: null });
  }

  /** The server reads the log at some moment between question and answer. */
  read(at) {
    const one = this.questions[at % (this.questions.length || 1)];
    if (one && !one.numbers) one.numbers = this.log.slice(one.after, one.after + PAGE).map(({ seq }) => seq);
  }

  answer(at) {
    if (!this.questions.length) return;
    this.read(at);
    const [{ mark, numbers }] = this.questions.splice(at % this.questions.length, 1);
    for (const number of this.sequence.answered(mark, numbers)) this.put(number);
  }

  fail(at) {
    if (!this.questions.length) return;
    const [{ mark }] = this.questions.splice(at % this.questions.length, 1);
    this.sequence.failed(mark);
  }

  move(last) {
    this.drawn = last ? [last] : [];
    this.shown = last;
    this.sequence.moved(last, this.log.length);
  }

  put(number) {
    this.drawn.push(number);
  }

  check() {
    this.drawn.forEach((number, n) => { if (n) assert.equal(number, this.drawn[n - 1] + 1); });
    if (this.drawn.length) assert.equal(this.drawn.at(-1), this.sequence.shown);
    assert.ok(this.sequence.known <= this.log.length);
    for (const number of this.sequence.heard.keys()) assert.ok(number > this.sequence.shown, "kept after it was drawn");
    assert.ok(this.sequence.after <= this.log.length);
  }

  calm() {
    this.up();
    for (let turn = 0; turn < 500; turn += 1) {
      while (this.wire.length) this.deliver(0);
      this.draw();
      if (!this.sequence.isTail && this.sequence.shown < this.sequence.known) this.ask(); // the reader scrolls down
      while (this.questions.length) this.answer(0);
      this.check();
      if (this.sequence.isTail && this.sequence.shown === this.log.length) return;
    }
    assert.fail(`never calm: shown ${this.sequence.shown} of ${this.log.length}`);
  }
}

const at = fc.nat(40);
const STEPS = fc.array(fc.oneof(
  fc.boolean().map((plain) => ["write", plain]),
  fc.constantFrom(["up"], ["down"], ["draw"], ["draw"]),
  at.map((n) => ["deliver", n]), fc.constant(["deliver", 0]), at.map((n) => ["late", n]),
  at.map((n) => ["read", n]), at.map((n) => ["answer", n]), at.map((n) => ["fail", n]),
  fc.nat(60).map((n) => ["ack", n]), fc.nat(60).map((n) => ["window", n]), fc.constant(["tail"]), fc.constant(["scroll"]),
), { maxLength: 120, size: "max" });

/** @param {World} world @param {any[]} step */
function run(world, [act, value]) {
  if (act === "ack") {
    // Our own message is acknowledged at once; its entry never comes on this line, or comes with its files.
    const entry = world.write(value % 2 === 0);
    if (world.isUp) { world.wire.pop(); world.sequence.hear(entry); if (!entry.plain) world.wire.push(entry); }
  } else if (act === "window") world.move(Math.min(value, world.log.length));
  else if (act === "tail") world.move(world.log.length);
  else if (act === "scroll") { if (!world.sequence.isTail) world.ask(); }
  else world[act](value);
}

test("no interleaving loses, doubles or disorders", () => {
  fc.assert(fc.property(fc.nat(30), fc.nat(30), STEPS, (length, last, steps) => {
    const world = new World(length, last);
    for (const step of steps) { run(world, step); world.check(); }
    world.calm();
  }), { numRuns: 3000 });
});

test("the model sees a page that believes the newest number", () => {
  // Negative control: a page that goes on after the highest number heard passes over holes.
  class Careless extends Sequence {
    get after() { return this.known; }

    get isBehind() { return false; }
  }
  assert.throws(() => fc.assert(fc.property(STEPS, (steps) => {
    const world = new World(4, 4);
    world.sequence = new Careless(4, 4, SIZES);
    for (const step of steps) { run(world, step); world.check(); }
    world.calm();
  }), { numRuns: 300 }));
});

test("a page far behind stays where it is", () => {
  const sequence = new Sequence(10);
  sequence.reach(1000);
  assert.equal(sequence.isBehind, false);
  assert.equal(sequence.isTail, false);
  assert.equal(sequence.after, 1000);
});
