import {someFloat64s} from '../engine/arrays.ts';

/** Scoreboard counters a warp has. */
export const countersPerWarp = 6;
/** Copy groups a warp may have on their way, a power of two. */
export const groupsPerWarp = 16;

export const State = {free: 0, running: 1, atBarrier: 2, exited: 3} as const;

/** The warps of the whole GPU as struct-of-arrays; warp = sm · slots + slot, and slot modulo sub-cores is its sub-core. */
export class Warps {
  readonly state: Uint8Array;
  /** CTA of the grid it belongs to, and which of the CTA's warps it is. */
  readonly cta: Int32Array;
  readonly role: Int32Array;
  /** Where on its SM the CTA lives. */
  readonly ctaSlot: Int32Array;
  readonly pc: Int32Array;
  /** The K tile its loop is in. */
  readonly step: Int32Array;
  readonly steps: Int32Array;
  /** Earliest cycle of its next issue, as far as its own last instruction goes. */
  readonly ready: Int32Array;
  /** When its last MMA lets the same warp issue another. */
  readonly mmaAgain: Float64Array;
  /** Scoreboard: results still on their way, and when those of known time arrive; warp · 6 + counter. */
  readonly pending: Uint16Array;
  readonly arrives: Int32Array;
  /** When each accumulator can be used again. */
  private accumulator = new Float64Array();
  private accumulators = 0;
  private readonly groupPending: Int32Array;
  /** When the last copy of each group so far is where it belongs. */
  private readonly groupLands: Float64Array;
  private readonly committed: Int32Array;
  private readonly landed: Int32Array;

  constructor(count: number) {
    this.state = new Uint8Array(count);
    this.cta = new Int32Array(count);
    this.role = new Int32Array(count);
    this.ctaSlot = new Int32Array(count);
    this.pc = new Int32Array(count);
    this.step = new Int32Array(count);
    this.steps = new Int32Array(count);
    this.ready = new Int32Array(count);
    this.mmaAgain = new Float64Array(count);
    this.pending = new Uint16Array(count * countersPerWarp);
    this.arrives = new Int32Array(count * countersPerWarp);
    this.groupPending = new Int32Array(count * groupsPerWarp);
    this.groupLands = new Float64Array(count * groupsPerWarp);
    this.committed = new Int32Array(count);
    this.landed = new Int32Array(count);
  }

  /** Makes room for a launch whose warps hold this many accumulators. */
  hold(accumulators: number): void {
    this.accumulators = accumulators;
    this.accumulator = someFloat64s(this.state.length * accumulators);
  }

  /** Puts a warp at the start of its program. */
  start(warp: number, ready: number): void {
    this.state[warp] = State.running;
    this.step[warp] = 0;
    this.ready[warp] = ready;
    this.mmaAgain[warp] = 0;
    this.pending.fill(0, warp * countersPerWarp, (warp + 1) * countersPerWarp);
    this.arrives.fill(0, warp * countersPerWarp, (warp + 1) * countersPerWarp);
    this.accumulator.fill(0, warp * this.accumulators, (warp + 1) * this.accumulators);
    this.groupPending.fill(0, warp * groupsPerWarp, (warp + 1) * groupsPerWarp);
    this.committed[warp] = 0;
    this.landed[warp] = 0;
  }

  accumulatorReady(warp: number, accumulator: number): number {
    return this.accumulator[warp * this.accumulators + accumulator]!;
  }

  useAccumulator(warp: number, accumulator: number, until: number): void {
    this.accumulator[warp * this.accumulators + accumulator] = until;
  }

  /** Counts a copy into the warp's open group; returns the group, to be named when the copy has landed. */
  openCopy(warp: number): number {
    const group = warp * groupsPerWarp + (this.committed[warp]! & (groupsPerWarp - 1));
    this.groupPending[group]!++;
    return group;
  }

  commit(warp: number): void {
    this.committed[warp]!++;
    this.advance(warp);
  }

  /**
   * A copy will have landed at `time`. Returns, if it is the last on its way of its group, when all of the group will have; else −1.
   */
  copyLandsAt(group: number, time: number): number {
    if (time > this.groupLands[group]!) this.groupLands[group] = time;
    return --this.groupPending[group]! === 0 ? this.groupLands[group]! : -1;
  }

  /** Counts groups of which nothing is on its way; returns whether there is another now. */
  groupLanded(warp: number): boolean {
    const before = this.landed[warp]!;
    this.advance(warp);
    return this.landed[warp]! > before;
  }

  /** A copy has landed; returns its warp. */
  copyLanded(group: number): number {
    this.groupPending[group]!--;
    const warp = Math.floor(group / groupsPerWarp);
    this.advance(warp);
    return warp;
  }

  /** Closed groups that have not all landed. */
  groupsOnTheWay(warp: number): number {
    return this.committed[warp]! - this.landed[warp]!;
  }

  /** Groups count as landed in order. */
  private advance(warp: number): void {
    while (this.landed[warp]! < this.committed[warp]! && this.groupPending[warp * groupsPerWarp + (this.landed[warp]! & (groupsPerWarp - 1))] === 0)
      this.landed[warp]!++;
  }
}
