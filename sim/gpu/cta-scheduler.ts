import {box, count, quantity, type BoxValues} from '../config/parameter.ts';
import type {Engine} from '../engine/engine.ts';
import {Servers} from '../engine/servers.ts';
import {Charge} from '../stats/ledger.ts';
import type {Launch} from '../trace/trace.ts';
import type {Topology} from './topology.ts';
import {State, type Warps} from './warps.ts';

/** What hands CTAs to SMs. */
export const scheduler = box('scheduler', 'what hands the CTAs of a grid to SMs, in order, one of every GPC in turn', {
  kernels: count('of different streams that may be on the GPU together; the next waits for one of them to end', {max: 128}),
  interval: quantity('clk', 'between two CTAs of the whole GPU', {min: 0.1}),
  startLatency: quantity('clk', 'from being handed out to the first instruction: constants, instruction cache, registers'),
});

/** Moments that a probe may watch. */
export interface CtaMoments {
  readonly started?: (cta: number, sm: number, slot: number, time: number) => void;
  readonly ended?: (cta: number, sm: number, slot: number, time: number) => void;
}

/** Where each warp's program starts, and the parts of it. */
interface Places {
  readonly start: Int32Array;
  readonly body: Int32Array;
  readonly epilogue: Int32Array;
}

/** What runs the warps once they have been placed. */
interface Schedulers {
  /** Warp slots of each SM that the launch uses. */
  slots: number;
  /** What a sub-core without warps is charged for: waiting for its first or next CTA, or for the others to end. */
  empty: number;
  wakeSm(sm: number, time: number): void;
}

/** What tells of warps that have come to a barrier, or to their end. */
interface Instructions {
  exited: (sm: number, ctaSlot: number) => void;
  arrived: (sm: number, ctaSlot: number, time: number) => void;
}

/** Hands out CTAs as SMs have room, and keeps what a CTA's warps share: its barrier and its end. */
export class CtaScheduler {
  private readonly engine: Engine;
  private readonly values: BoxValues<typeof scheduler>;
  private readonly topology: Topology;
  private readonly warps: Warps;
  private readonly schedulers: Schedulers;
  private readonly moments: readonly CtaMoments[];
  private readonly warpSlots: number;
  private readonly ctaSlots: number;
  private readonly barrier: {readonly latency: number; readonly perWarp: number};
  private readonly grid: Int32Array;
  private readonly living: Int32Array;
  /** Warps that wait at a CTA's barrier, and when the SM's barrier unit has counted them all. */
  private readonly arrived: Int32Array;
  private readonly counted: Float64Array;
  private readonly barrierUnits: Servers;
  private readonly worked: Uint8Array;
  private readonly begin: number;
  private places!: Places;
  private launch!: Launch;
  private next = 0;
  private nextDispatch = 0;
  private begins = 0;
  private launchGap = 0;
  /** Of kernels in streams: CTAs of each that have not ended, how many have ended, when the last did, and places that wait for that. */
  private left = new Int32Array();
  private ended = 0;
  private lastEnd = 0;
  private readonly idle: {readonly sm: number; readonly slot: number}[] = [];

  constructor(
    engine: Engine,
    values: BoxValues<typeof scheduler>,
    topology: Topology,
    warps: Warps,
    schedulers: Schedulers,
    instructions: Instructions,
    sm: {readonly warps: number; readonly ctas: number; readonly barrierLatency: number; readonly barrierPerWarp: number},
    moments: readonly CtaMoments[],
  ) {
    this.engine = engine;
    this.values = values;
    this.topology = topology;
    this.warps = warps;
    this.schedulers = schedulers;
    this.moments = moments;
    this.warpSlots = sm.warps;
    this.ctaSlots = sm.ctas;
    this.barrier = {latency: sm.barrierLatency, perWarp: sm.barrierPerWarp};
    this.grid = new Int32Array(topology.sms * sm.ctas).fill(-1);
    this.living = new Int32Array(topology.sms * sm.ctas);
    this.arrived = new Int32Array(topology.sms * sm.ctas);
    this.counted = new Float64Array(topology.sms * sm.ctas);
    this.barrierUnits = new Servers(topology.sms);
    this.worked = new Uint8Array(topology.sms);
    this.begin = engine.kind((place) => this.start(place));
    instructions.exited = (at, slot) => this.warpExited(at, slot);
    instructions.arrived = (at, slot, time) => this.warpArrived(at, slot, time);
  }

  /** Starts a launch: `perSm` CTAs fit on each SM; kernels of other streams come `launchGap` cycles after one another. */
  run(launch: Launch, places: Places, perSm: number, launchGap: number): void {
    this.begins = this.engine.now;
    this.launchGap = launchGap;
    this.launch = launch;
    this.places = places;
    this.next = 0;
    this.nextDispatch = this.engine.now;
    this.grid.fill(-1);
    this.ended = 0;
    this.lastEnd = this.begins;
    this.left = new Int32Array(1 + (launch.grid.kernel?.at(-1) ?? 0));
    launch.grid.kernel?.forEach((kernel) => this.left[kernel]!++);
    this.warps.hold(launch.accumulators.down * launch.accumulators.right);
    this.schedulers.slots = perSm * launch.programs.length;
    this.schedulers.empty = Charge.launch;
    for (let slot = 0; slot < perSm; slot++) for (const sm of this.topology.dispatchOrder) this.dispatch(sm, slot);
  }

  /** Whether an SM has had a CTA since the last reset. */
  hasWorked(sm: number): boolean {
    return this.worked[sm] === 1;
  }

  private dispatch(sm: number, slot: number): void {
    const {grid} = this.launch;
    if (this.next === grid.ctas) {
      // Its sub-cores, some asleep since their own last warp left, have nothing to wait for any more.
      this.schedulers.empty = Charge.tail;
      this.schedulers.wakeSm(sm, this.engine.now);
      return;
    }
    const kernel = grid.kernel?.[this.next] ?? 0;
    if (kernel >= this.ended + this.values.kernels) {
      this.idle.push({sm, slot});
      return;
    }
    const place = sm * this.ctaSlots + slot;
    this.grid[place] = this.next++;
    this.worked[sm] = 1;
    // One that had to wait comes a launch gap after the end it waited for.
    const released = Math.max(this.begins + kernel * this.launchGap, kernel >= this.values.kernels ? this.lastEnd + this.launchGap : 0);
    this.nextDispatch = Math.max(this.nextDispatch, this.engine.now, released) + this.values.interval;
    this.engine.at(Math.ceil(this.nextDispatch + this.values.startLatency), this.begin, place);
  }

  private start(place: number): void {
    const {warps, launch, places, engine} = this;
    const sm = Math.floor(place / this.ctaSlots);
    const slot = place % this.ctaSlots;
    const cta = this.grid[place]!;
    const count = launch.programs.length;
    this.living[place] = count;
    this.arrived[place] = 0;
    this.counted[place] = 0;
    for (let role = 0; role < count; role++) {
      const warp = sm * this.warpSlots + slot * count + role;
      warps.cta[warp] = cta;
      warps.role[warp] = role;
      warps.ctaSlot[warp] = slot;
      warps.steps[warp] = launch.grid.steps[cta]!;
      warps.start(warp, engine.now);
      const empty = launch.grid.steps[cta] === 0 && places.body[role] === places.start[role];
      warps.pc[warp] = empty ? places.epilogue[role]! : places.start[role]!;
    }
    for (const m of this.moments) m.started?.(cta, sm, slot, engine.now);
    this.schedulers.wakeSm(sm, engine.now);
  }

  private warpExited(sm: number, slot: number): void {
    const place = sm * this.ctaSlots + slot;
    if (--this.living[place]! > 0) {
      this.releaseBarrier(sm, slot);
      return;
    }
    const count = this.launch.programs.length;
    const first = sm * this.warpSlots + slot * count;
    this.warps.state.fill(State.free, first, first + count);
    for (const m of this.moments) m.ended?.(this.grid[place]!, sm, slot, this.engine.now);
    const kernel = this.launch.grid.kernel?.[this.grid[place]!];
    this.dispatch(sm, slot);
    if (kernel !== undefined && --this.left[kernel]! === 0) this.kernelEnded();
  }

  /** Room for another kernel of another stream: places that waited for it get its CTAs. */
  private kernelEnded(): void {
    this.ended++;
    this.lastEnd = this.engine.now;
    for (const {sm, slot} of this.idle.splice(0)) this.dispatch(sm, slot);
  }

  private warpArrived(sm: number, slot: number, time: number): void {
    const place = sm * this.ctaSlots + slot;
    this.arrived[place]!++;
    this.counted[place] = this.barrierUnits.reserve(sm, time, this.barrier.perWarp);
    this.releaseBarrier(sm, slot);
  }

  /** When the last living warp has arrived, all go on together. */
  private releaseBarrier(sm: number, slot: number): void {
    const place = sm * this.ctaSlots + slot;
    if (this.arrived[place] === 0 || this.arrived[place]! < this.living[place]!) return;
    this.arrived[place] = 0;
    const {warps, launch, engine} = this;
    const count = launch.programs.length;
    const ready = Math.ceil(Math.max(engine.now, this.counted[place]!) + this.barrier.latency);
    for (let role = 0; role < count; role++) {
      const warp = sm * this.warpSlots + slot * count + role;
      if (warps.state[warp] !== State.atBarrier) continue;
      warps.state[warp] = State.running;
      warps.ready[warp] = ready;
    }
    this.schedulers.wakeSm(sm, engine.now + 1);
  }
}
