import type {Engine} from '../engine/engine.ts';
import {lengthened} from '../engine/slots.ts';
import type {Crossbar} from './crossbar.ts';
import type {Lines} from './l1.ts';
import type {L2} from './l2.ts';
import type {Loads} from './loads.ts';
import {scramble, sectorCount} from './sectored-cache.ts';

interface Parts {
  readonly loads: Loads;
  readonly crossbar: Crossbar;
  readonly l2: L2;
}

/** Lines that may travel together: what a copy asks for when each of its lanes asks for a line of its own. */
export const mostLines = 32;

/** Copies in flight that are remembered by their first line, a power of two; one that is forgotten is fetched line by line. */
const remembered = 2 ** 14;

/**
 * The lines of a copy travel together: they reach their slices one after the other, cross back as one when the last of them is
 * ready there, and land as one. A line that its slice does not hold is fetched by itself, hop by hop. Everything happens in
 * the order of time, as it does to lines that travel alone. CTAs that share an operand ask for the same lines at nearly the same
 * time: a copy of lines that another has sent for waits for that one, and for the slices' ports after it.
 */
export class Bursts {
  /** Set by the machine: the lines of a burst are at their SM. */
  landed!: (load: number) => void;

  private readonly engine: Engine;
  private readonly parts: Parts;
  private readonly reach: number;
  private readonly respond: number;
  private readonly arrive: number;
  /** Lines on their way to their slices, and their sectors; load · 32 + i. */
  private lines = new Int32Array(1024 * mostLines);
  private sectors = new Uint8Array(1024 * mostLines);
  private readonly apart: number;
  /** The last copy that was sent for from a first line, a place for each remainder of its number. */
  private readonly sentFor = new Int32Array(remembered).fill(-1);

  /** `apart`: cycles between two lines of a copy. */
  constructor(engine: Engine, apart: number, parts: Parts) {
    this.engine = engine;
    this.apart = apart;
    this.parts = parts;
    this.reach = engine.kind((load) => this.look(load));
    this.arrive = engine.kind((load) => this.landed(load));
    this.respond = engine.kind((load) => {
      const {loads, crossbar} = parts;
      const at = crossbar.respondTogether(loads.sm[load]!, loads.burstLines[load]!, loads.burstSectors[load]!);
      engine.at(Math.ceil(at), this.arrive, load);
    });
  }

  /** Notes a copy's lines. */
  prepare(sm: number, load: number, lines: Lines): void {
    const {loads} = this.parts;
    const first = load * mostLines;
    if (first >= this.lines.length) {
      this.lines = lengthened(this.lines, loads.lines.length * mostLines);
      this.sectors = lengthened(this.sectors, this.lines.length);
    }
    for (let i = 0; i < lines.count; i++) {
      this.lines[first + i] = lines.line[i]!;
      this.sectors[first + i] = lines.sectors[i]!;
    }
    loads.sm[load] = sm;
    loads.burstLines[load] = lines.count;
    loads.burstAway[load] = 0;
    loads.firstFollower[load] = -1;
  }

  /** Sends a prepared copy's lines, of which the first reaches its slice at `time`. */
  send(load: number, time: number): void {
    this.engine.at(time, this.reach, load);
  }

  /** A line that its slice did not hold is ready there. */
  ready(load: number, time: number): void {
    const {loads} = this.parts;
    if (time > loads.burstReady[load]!) loads.burstReady[load] = time;
    if (--loads.burstAway[load]! > 0) return;
    this.engine.at(Math.ceil(loads.burstReady[load]!), this.respond, load);
    for (let follower = loads.firstFollower[load]!; follower !== -1; follower = loads.next[follower]!) this.passOn(follower);
  }

  /** A copy's lines are at their slices. */
  private look(load: number): void {
    const {loads, l2} = this.parts;
    const sm = loads.sm[load]!;
    const lines = loads.burstLines[load]!;
    const start = load * mostLines;
    const place = scramble(this.lines[start]! * 4 + l2.partitionOf(sm)) & (remembered - 1);
    const leader = this.sentFor[place]!;
    if (leader !== -1 && this.isAwayWith(leader, load)) {
      this.follow(leader, load);
      return;
    }
    this.sentFor[place] = load;
    loads.burstReady[load] = 0;
    // One more than there are, so that none of them is the last before all have been looked for.
    loads.burstAway[load] = lines + 1;
    let last = 0;
    let held = 0;
    let sectors = 0;
    for (let i = 0; i < lines; i++) {
      const mask = this.sectors[start + i]!;
      sectors += sectorCount[mask]!;
      const ready = l2.readTogether(load, sm, this.lines[start + i]!, mask, this.engine.now + i * this.apart);
      if (ready < 0) continue;
      held++;
      if (ready > last) last = ready;
    }
    loads.burstSectors[load] = sectors;
    loads.burstAway[load]! -= held;
    this.ready(load, last);
  }

  /** Whether copy `leader` is waiting for the very lines that `load` asks for, in the same partition. */
  private isAwayWith(leader: number, load: number): boolean {
    const {lines, sectors} = this;
    const {loads, l2} = this.parts;
    const count = loads.burstLines[load]!;
    if (loads.burstAway[leader] === 0 || loads.burstLines[leader] !== count) return false;
    if (l2.partitionOf(loads.sm[leader]!) !== l2.partitionOf(loads.sm[load]!)) return false;
    const [a, b] = [leader * mostLines, load * mostLines];
    for (let i = 0; i < count; i++) if (lines[a + i] !== lines[b + i] || sectors[a + i] !== sectors[b + i]) return false;
    return true;
  }

  private follow(leader: number, load: number): void {
    const {loads, l2} = this.parts;
    const someThere = loads.burstAway[leader]! < loads.burstLines[leader]!;
    loads.burstReady[load] = someThere ? this.engine.now + l2.latency : 0;
    loads.next[load] = -1;
    if (loads.firstFollower[leader] === -1) loads.firstFollower[leader] = load;
    else loads.next[loads.lastFollower[leader]!] = load;
    loads.lastFollower[leader] = load;
  }

  /** All lines that a copy has waited for another to fetch are there. */
  private passOn(load: number): void {
    const {loads, l2} = this.parts;
    const start = load * mostLines;
    const end = start + loads.burstLines[load]!;
    const partition = l2.partitionOf(loads.sm[load]!);
    let last = loads.burstReady[load]!;
    let sectors = 0;
    for (let i = start; i < end; i++) {
      const mask = this.sectors[i]!;
      sectors += sectorCount[mask]!;
      const ready = l2.pass(partition, this.lines[i]!, mask);
      if (ready > last) last = ready;
    }
    loads.burstSectors[load] = sectors;
    this.engine.at(Math.ceil(last), this.respond, load);
  }
}
