/**
 * Which way a page takes, against networks that let WebSocket through, forbid it, cut it or let it starve, and a
 * server that falls now and then. Back on WebSocket soon where it works; where it does not, it is tried seldom.
 */
import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

const stored = new Map();
globalThis.sessionStorage = { getItem: (key) => stored.get(key) ?? null, setItem: (key, value) => stored.set(key, value) };
Object.defineProperty(globalThis, "navigator", { value: { onLine: true } });
const { Ways } = await import("../static/chat/ways.js");

const HOUR = 3_600_000;
const LONGEST = 20_000; // socket.js: the longest pause between two tries of a line
const SILENT = 33_000; // by-socket.js: quiet and grace
const FIRST = 4_500; // the first try beside a spare way

/** One page of socket.js and better.js on a clock of its own. */
class World {
  /** @param {{kind: "free" | "closed" | "cut" | "deaf", life: number}} network @param {[number, number][]} outages from, to @param {number} seed */
  constructor(network, outages, seed) {
    stored.clear();
    Object.assign(this, { network, outages, now: 0, seed, ways: new Ways(), drops: 0, sockets: 0, tries: 0, isUp: false });
    Date.now = () => this.now;
    Math.random = () => (this.seed = (this.seed * 16807) % 2147483647) / 2147483647;
  }

  get outage() { return this.outages.find(([from, to]) => from <= this.now && this.now < to); }
  get next() { return Math.min(...this.outages.map(([from]) => from).filter((from) => from > this.now), Infinity); }

  /** Go on until `end`. */
  run(end) {
    while (this.now < end) this.isUp ? this.live(end) : this.open();
  }

  open() {
    const isSocket = this.ways.at === 0;
    if (isSocket) this.sockets += 1;
    if (this.outage) return this.lost(isSocket ? "broken" : "away");
    if (isSocket && this.network.kind === "closed") return this.lost("broken");
    this.up();
  }

  up() {
    this.isUp = true;
    this.tries = 0;
    this.ways.up();
    this.since = this.now;
  }

  live(end) {
    const { kind, life } = this.network;
    const isSocket = this.ways.at === 0;
    const dies = isSocket ? { cut: life, deaf: SILENT }[kind] ?? Infinity : Infinity;
    const better = isSocket ? Infinity : this.now + this.ways.wait;
    this.now = Math.min(end, this.next, this.since + dies, better);
    if (this.now === end) return;
    if (this.now === better) return this.beside();
    this.isUp = false;
    this.drops += 1;
    this.lost(this.now === this.since + dies && kind === "deaf" ? "silent" : "broken");
  }

  /** WebSocket beside the spare way, which serves until it is ready. */
  beside() {
    this.ways.tried += 1;
    this.sockets += 1;
    if (this.network.kind === "closed") return;
    this.ways.take(0);
    this.up();
  }

  lost(why) {
    if (this.ways.lost(why)) return;
    const most = Math.min(LONGEST, 500 * 2 ** this.tries++);
    this.now += most / 2 + (Math.random() * most) / 2;
  }
}

const seed = fc.integer({ min: 1, max: 2147483646 });
/** Falls of at most a minute, at least three minutes apart. */
const outages = fc.array(fc.tuple(fc.integer({ min: 180_000, max: 900_000 }), fc.integer({ min: 50, max: 60_000 })), { maxLength: 4 })
  .map((told) => {
    let at = 0;
    return told.map(([pause, length]) => { const from = (at += pause); return [from, (at += length)]; });
  });

test("where WebSocket works it is back soon after each fall", () => {
  fc.assert(fc.property(outages, seed, (falls, start) => {
    const world = new World({ kind: "free", life: 0 }, falls, start);
    for (const [, to] of falls) {
      world.run(to + LONGEST + FIRST + 1);
      assert.ok(world.isUp && world.ways.at === 0, `by ${world.ways.name} at ${world.now}`);
    }
  }), { numRuns: 2000 });
});

test("where WebSocket is forbidden the spare way is left alone", () => {
  fc.assert(fc.property(seed, (start) => {
    const world = new World({ kind: "closed", life: 0 }, [], start);
    world.run(HOUR);
    assert.ok(world.isUp && world.ways.at === 1);
    assert.equal(world.drops, 0);
    assert.ok(world.sockets <= 16, `${world.sockets} tries in an hour`);
  }), { numRuns: 500 });
});

test("where WebSocket does not last the page does not flap", () => {
  const bad = fc.record({ kind: fc.constantFrom("cut", "deaf"), life: fc.integer({ min: 1, max: 55_000 }) });
  fc.assert(fc.property(bad, seed, (network, start) => {
    const world = new World(network, [], start);
    world.run(HOUR);
    const { drops } = world;
    assert.ok(drops <= 36, `${drops} drops in the first hour`);
    world.run(2 * HOUR);
    assert.ok(world.drops - drops <= 26, `${world.drops - drops} drops in the second hour`);
  }), { numRuns: 1000 });
});
