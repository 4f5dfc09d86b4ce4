import {box, choice, count, quantity, type BoxValues} from '../config/parameter.ts';
import type {Engine} from '../engine/engine.ts';
import {Charge, type Ledger} from '../stats/ledger.ts';
import {Code} from './decode.ts';
import type {Instructions} from './instructions.ts';
import type {L1} from './l1.ts';
import type {TensorCores} from './tensor-core.ts';
import {countersPerWarp, State, type Warps} from './warps.ts';

/** The four schedulers of an SM. */
export const subcore = box('subcore', 'a quarter of an SM: it issues one warp instruction a cycle', {
  policy: choice(['greedy-youngest', 'greedy-oldest', 'round-robin'], 'which of the warps that could issue does'),
  memoryQueue: count('memory instructions on their way to the SM’s shared unit', {max: 64}),
  aluInterval: quantity('clk', 'an integer instruction of 32 lanes occupies its pipe'),
  ffmaInterval: quantity('clk', 'a float32 instruction of 32 lanes occupies its own'),
});

interface Parts {
  readonly warps: Warps;
  readonly instructions: Instructions;
  readonly l1: L1;
  readonly tensorCores: TensorCores;
  readonly ledger: Ledger;
}

/** Later than any time: an event must come first. */
const never = 2 ** 31 - 1;

/**
 * Issues the instructions of every warp. A sub-core sleeps until a warp of its own may go on, at a time known from the
 * scoreboard and the pipes, or until something it waits for happens; one event an issue, none for a cycle without.
 */
export class WarpScheduler {
  /** Warp slots of each SM that this launch uses. */
  slots = 0;
  /** What a sub-core without warps is charged for: waiting for its first or next CTA, or for the others to end. */
  empty: number = Charge.launch;

  private readonly stepAt: Int32Array;
  private readonly chargedTo: Int32Array;
  private readonly gap: Uint8Array;
  private readonly last: Int32Array;
  private why = 0;
  private nextTime = 0;
  /** The warp each sub-core is to issue from when it wakes; −1: to be seen. */
  private readonly foreseen: Int32Array;

  private readonly engine: Engine;
  private readonly values: BoxValues<typeof subcore>;
  private readonly parts: Parts;
  private readonly subcores: number;
  private readonly warpSlots: number;
  private readonly stepKind: number;

  constructor(engine: Engine, values: BoxValues<typeof subcore>, sms: number, subcores: number, warpSlots: number, parts: Parts) {
    this.engine = engine;
    this.values = values;
    this.parts = parts;
    this.subcores = subcores;
    this.warpSlots = warpSlots;
    const cores = sms * subcores;
    this.stepAt = new Int32Array(cores).fill(never);
    this.chargedTo = new Int32Array(cores);
    this.gap = new Uint8Array(cores).fill(Charge.launch);
    this.last = new Int32Array(cores).fill(-1);
    this.foreseen = new Int32Array(cores).fill(-1);
    this.stepKind = engine.kind((core) => this.step(core));
    parts.instructions.wake = (warp) => this.wakeWarp(warp);
  }

  wakeWarp(warp: number): void {
    const core = this.coreOf(warp);
    this.foreseen[core] = -1;
    this.wake(core, this.engine.now);
  }

  /** Every sub-core of an SM looks again. */
  wakeSm(sm: number, time: number): void {
    for (let core = sm * this.subcores; core < (sm + 1) * this.subcores; core++) {
      this.foreseen[core] = -1;
      this.wake(core, time);
    }
  }

  /** The end of the last cycle in which an instruction was issued. */
  busyUntil(): number {
    return this.chargedTo.reduce((latest, time) => Math.max(latest, time), 0);
  }

  /** Charges every sub-core up to `time`; an SM that never worked was idle throughout. */
  close(time: number, worked: (sm: number) => boolean): void {
    for (let core = 0; core < this.stepAt.length; core++) {
      const sm = Math.floor(core / this.subcores);
      if (!worked(sm)) this.gap[core] = Charge.idle;
      this.chargeTo(core, time);
    }
  }

  private wake(core: number, time: number): void {
    if (time >= this.stepAt[core]!) return;
    this.stepAt[core] = time;
    this.engine.at(time, this.stepKind, core);
  }

  private step(core: number): void {
    const now = this.engine.now;
    if (this.stepAt[core] !== now) return;
    this.stepAt[core] = never;
    if (this.chargedTo[core]! > now) {
      // It has issued in this cycle already.
      this.wake(core, this.chargedTo[core]!);
      return;
    }
    this.chargeTo(core, now);
    // Whoever was foreseen issues, unless something has happened since.
    let warp = this.foreseen[core]!;
    if (warp === -1 || this.eligible(warp, core, now) >= now + 1) {
      warp = this.foresee(core, now);
      if (this.nextTime >= now + 1) return;
    }
    this.parts.instructions.issue(warp, core, now);
    this.last[core] = warp;
    const pipeBusy = this.parts.tensorCores.pipes.free[core]! > now;
    this.parts.ledger.charge(Math.floor(core / this.subcores), pipeBusy ? Charge.tensor_active : Charge.selected, 1);
    this.chargedTo[core] = now + 1;
    this.foresee(core, now + 1);
  }

  /**
   * Finds the warp that issues next, at `from` or later: the first that can, among equals the policy's choice. Sleeps until
   * then, and notes what holds that warp up: that is what the time in between is charged to.
   */
  private foresee(core: number, from: number): number {
    const {state} = this.parts.warps;
    const sm = Math.floor(core / this.subcores);
    const end = sm * this.warpSlots + this.slots;
    let chosen = -1;
    let reason = this.empty;
    this.nextTime = never;
    for (let warp = sm * this.warpSlots + (core % this.subcores); warp < end; warp += this.subcores) {
      if (state[warp] === State.free || state[warp] === State.exited) continue;
      const time = Math.max(from, this.eligible(warp, core, from));
      if (chosen !== -1 && (time > this.nextTime || (time === this.nextTime && !this.preferred(warp, chosen, core)))) continue;
      chosen = warp;
      this.nextTime = time;
      reason = this.why;
    }
    this.gap[core] = reason;
    this.foreseen[core] = chosen;
    if (this.nextTime !== never) this.wake(core, this.nextTime | 0);
    return chosen;
  }

  /** Whether the policy takes `warp` before `other`, both being able to issue. */
  private preferred(warp: number, other: number, core: number): boolean {
    const last = this.last[core]!;
    const {cta} = this.parts.warps;
    switch (this.values.policy) {
      case 'round-robin':
        return warp > last && other <= last;
      case 'greedy-oldest':
        return warp === last || (other !== last && cta[warp]! < cta[other]!);
      default:
        return warp === last || (other !== last && cta[warp]! >= cta[other]!);
    }
  }

  /** From when on, to a fraction of a cycle, a warp could issue its next instruction; `why` says what holds it up. never: an event must come first. */
  private eligible(warp: number, core: number, now: number): number {
    const {warps, tensorCores, l1} = this.parts;
    const {decoded} = this.parts.instructions.running;
    const state = warps.state[warp];
    if (state !== State.running) {
      this.why = Charge.barrier;
      return never;
    }
    let time = warps.ready[warp]!;
    const pc = warps.pc[warp]!;
    this.why = pc > 0 && decoded.code[pc - 1] === Code.ffma ? Charge.math_pipe_throttle : Charge.wait;
    for (let mask = decoded.wait[pc]!, c = warp * countersPerWarp; mask !== 0; mask >>= 1, c++) {
      if ((mask & 1) === 0) continue;
      if (warps.pending[c]! > 0) {
        this.why = decoded.steers[c - warp * countersPerWarp] === 1 ? Charge.long_scoreboard_index : Charge.long_scoreboard;
        return never;
      }
      if (warps.arrives[c]! > time) {
        time = warps.arrives[c]!;
        this.why = Charge.short_scoreboard;
      }
    }
    switch (decoded.code[pc]) {
      case Code.mma: {
        // The pipe may start on a fraction of a cycle: the earlier fraction goes first, issued in the cycle that holds it.
        const pipe = Math.max(tensorCores.pipes.free[core]!, warps.mmaAgain[warp]!);
        if (pipe > time) {
          time = pipe;
          this.why = Charge.math_pipe_throttle;
        }
        return time;
      }
      case Code.depbar:
        if (warps.groupsOnTheWay(warp) <= decoded.cost[pc]!) return time;
        this.why = Charge.long_scoreboard;
        return never;
      case Code.ldgsts:
      case Code.ldg:
      case Code.stg:
        if (!l1.open(Math.floor(core / this.subcores))) {
          this.why = Charge.lg_throttle;
          return never;
        }
        break;
      case Code.ldsm:
      case Code.lds:
      case Code.sts:
        break;
      default:
        return time;
    }
    const queue = this.parts.instructions.queues.frees(core);
    if (queue > time && queue > now) {
      time = queue;
      this.why = Charge.mio_throttle;
    }
    return time;
  }

  /** Charges the time since the last charge: what the tensor pipe was busy for to it, the rest to the stall noted then. */
  private chargeTo(core: number, time: number): void {
    const from = this.chargedTo[core]!;
    if (time <= from) return;
    const sm = Math.floor(core / this.subcores);
    const busyUntil = Math.min(time, Math.max(from, Math.floor(this.parts.tensorCores.pipes.free[core]!)));
    if (busyUntil > from) this.parts.ledger.charge(sm, Charge.tensor_active, busyUntil - from);
    if (time > busyUntil) this.parts.ledger.charge(sm, this.gap[core]!, time - busyUntil);
    this.chargedTo[core] = time;
  }

  private coreOf(warp: number): number {
    const sm = Math.floor(warp / this.warpSlots);
    return sm * this.subcores + ((warp - sm * this.warpSlots) % this.subcores);
  }
}
