import {reusing} from '../engine/arrays.ts';
import {Engine} from '../engine/engine.ts';
import type {GpuValues} from '../gpu/parameters.ts';
import {sectorBytes} from '../gpu/sectored-cache.ts';
import {topologyOf, type Topology} from '../gpu/topology.ts';
import {MemoryPath} from './memory-path.ts';
import type {Chunk, Index} from './traffic.ts';

/** CTAs with main loops of so many K tiles, and what of each K tile's operands comes from where. */
export interface Work {
  readonly ctas: number;
  readonly steps: Int32Array;
  readonly perSm: number;
  readonly stages: number;
  readonly chunks: readonly Chunk[];
  /** What steers its gathered copies. */
  readonly index: Index | undefined;
  /** Where among the MMAs of a K tile its warps wait for the next one: 0 at their beginning … 1 at their end. */
  readonly waits: number;
  /**
   * operand · ctas + cta: share of a whole tile that is there to be asked for; of that the share that DRAM delivers, that crosses
   * between partitions, and that L2 did not hold when the CTA's wave began. CTAs with the same view see the same lines.
   */
  readonly seen: Float64Array;
  readonly view: Int32Array;
  readonly fromDram: Float32Array;
  readonly linked: Float32Array;
  readonly fresh: Float32Array;
  /** Bytes that each CTA stores. */
  readonly stored: Float64Array;
}

/** Cycles of a CTA on its SM, memory aside (core.ts). */
export interface Pace {
  readonly alone: number;
  readonly share: number;
  /** What its beginning and end take of the SM besides. */
  readonly own: number;
  /** From the end of its last K tile to its own end, and from there until its stores are where they belong. */
  readonly post: number;
  readonly drain: number;
}

export interface Flowed {
  readonly cycles: number;
  /** When each SM's last CTA ended; 0: it had none. */
  readonly ends: Float64Array;
  /** CTAs and K tiles of each SM. */
  readonly ctas: Float64Array;
  readonly steps: Float64Array;
  readonly busy: {readonly crossbar: number; readonly l2: number; readonly dram: number};
  readonly events: number;
}

/** Waves of CTAs that are all alike after which every further one takes as long as the second half of these; of fewer than twice as many all are played. */
const telling = 8;

/**
 * Plays a kernel tile by tile: one event a CTA and K tile, in which the copies of a later K tile reserve the ports that they
 * will pass. `dramRate`: bytes a cycle that DRAM delivers when it is asked for more.
 */
export function flow(work: Work, gpu: GpuValues, pace: Pace, dramRate: number): Flowed {
  return reusing(() => new Flow(writtenOut(work), gpu, pace, dramRate).run());
}

/** The same: of what is put together by spreading V8 may take each for something new, and compile anew all that reads it. */
function writtenOut({ctas, steps, perSm, stages, chunks, index, waits, seen, view, fromDram, linked, fresh, stored}: Work): Work {
  return {ctas, steps, perSm, stages, chunks, index, waits, seen, view, fromDram, linked, fresh, stored};
}

class Flow {
  private readonly work: Work;
  private readonly gpu: GpuValues;
  private readonly pace: Pace;
  private readonly topology: Topology;
  private readonly engine = new Engine();
  private readonly memory: MemoryPath;
  /** Of each CTA slot, slot · SMs + SM: its CTA, the stages it has begun to fill, the K tiles it has begun, and when those in its stages are there and the numbers that steer their copies. */
  private readonly ctaOf: Int32Array;
  private readonly filled: Int32Array;
  private readonly begun: Int32Array;
  private readonly ready: Float64Array;
  private readonly steered: Float64Array;
  private readonly pipeFree: Float64Array;
  private readonly ends: Float64Array;
  private readonly ctas: Float64Array;
  private readonly steps: Float64Array;
  private readonly begin: number;
  private readonly fill: number;
  private readonly compute: number;
  private readonly end: number;
  /** Whole waves that are not played, after `telling` that are; and when half of those, and all, had been handed out. */
  private readonly skipped: number;
  private halfway = 0;
  private told = 0;
  private next = 0;
  private nextDispatch = 0;
  private stored = 0;

  constructor(work: Work, gpu: GpuValues, pace: Pace, dramRate: number) {
    this.work = work;
    this.gpu = gpu;
    this.pace = pace;
    this.topology = topologyOf(gpu.sm.gpcs, gpu.l2.partitions);
    this.memory = new MemoryPath(work, gpu, this.topology, dramRate);
    const {sms} = this.topology;
    const slots = sms * work.perSm;
    this.ctaOf = new Int32Array(slots);
    this.filled = new Int32Array(slots);
    this.begun = new Int32Array(slots);
    this.ready = new Float64Array(slots * work.stages);
    this.steered = new Float64Array(this.ready.length);
    this.pipeFree = new Float64Array(sms);
    this.ends = new Float64Array(sms);
    this.ctas = new Float64Array(sms);
    this.steps = new Float64Array(sms);
    const waves = Math.floor(work.ctas / slots);
    const alike = work.steps.every((steps) => steps === work.steps[0]);
    this.skipped = alike && waves > 2 * telling ? waves - telling : 0;
    this.begin = this.engine.kind((slot) => this.beginCta(slot));
    this.fill = this.engine.kind((slot) => this.fillStage(slot));
    this.compute = this.engine.kind((slot) => this.computeTile(slot));
    this.end = this.engine.kind((slot) => this.endCta(slot));
  }

  run(): Flowed {
    const {engine, topology, work, pace, memory, ends, ctas, steps} = this;
    for (let slot = 0; slot < work.perSm; slot++) for (const sm of topology.dispatchOrder) this.dispatch(slot * topology.sms + sm);
    engine.run();
    const played = Math.ceil(Math.max(engine.now + pace.drain, this.stored));
    const more = Math.round((this.skipped * (this.told - this.halfway)) / (telling / 2));
    const share = work.ctas / (work.ctas - this.skipped * topology.sms * work.perSm);
    return {
      cycles: played + more,
      ends: ends.map((end) => (end > 0 ? end + more : 0)),
      ctas: ctas.map((count) => count * share),
      steps: steps.map((count) => count * share),
      busy: memory.utilisation(played),
      events: engine.handled,
    };
  }

  private dispatch(slot: number): void {
    const {interval, startLatency} = this.gpu.scheduler;
    const slots = this.topology.sms * this.work.perSm;
    if (this.next === (slots * telling) / 2) this.halfway = this.engine.now;
    if (this.skipped > 0 && this.next === slots * telling) {
      this.told = this.engine.now;
      this.next += this.skipped * slots;
    }
    if (this.next === this.work.ctas) return;
    this.ctaOf[slot] = this.next++;
    this.nextDispatch = Math.max(this.nextDispatch, this.engine.now) + interval;
    this.engine.at(Math.ceil(this.nextDispatch + startLatency), this.begin, slot);
  }

  private beginCta(slot: number): void {
    const sm = slot % this.topology.sms;
    const {work} = this;
    const steps = work.steps[this.ctaOf[slot]!]!;
    this.ctas[sm]!++;
    this.steps[sm]! += steps;
    this.filled[slot] = this.begun[slot] = 0;
    if (steps === 0) {
      this.engine.at(Math.ceil(this.engine.now + this.pace.post), this.end, slot);
      return;
    }
    for (let tile = 0; tile < work.stages - 1 + this.indexAhead; tile++) this.steer(slot, tile, this.engine.now);
    this.engine.at(Math.ceil(Math.max(this.engine.now, this.steered[slot * work.stages]!)), this.fill, slot);
  }

  /** Stages are filled one after the other, so that of SMs that begin at once none comes to its second before the others' first; then the first is waited for. */
  private fillStage(slot: number): void {
    const {work, engine, ready, memory} = this;
    const tile = this.filled[slot]!++;
    this.copy(slot, tile, engine.now, 0);
    const asked = memory.askedAt(slot % this.topology.sms);
    const last = this.filled[slot]! === Math.min(work.steps[this.ctaOf[slot]!]!, work.stages - 1);
    if (last) engine.at(Math.ceil(Math.max(asked, ready[slot * work.stages]!)), this.compute, slot);
    else engine.at(Math.ceil(asked), this.fill, slot);
  }

  /** A K tile is multiplied; meanwhile another is asked for, and the next waited for. */
  private computeTile(slot: number): void {
    const {work, engine, pace, pipeFree, ready} = this;
    const sm = slot % this.topology.sms;
    const steps = work.steps[this.ctaOf[slot]!]!;
    const tile = this.begun[slot]!++;
    const start = Math.max(engine.now, pipeFree[sm]!);
    pipeFree[sm] = start + pace.share + (tile + 1 === steps ? pace.own : 0);
    const ahead = tile + work.stages - 1;
    if (work.index?.ahead === 0) this.steer(slot, ahead, start + work.index.place * pace.alone - this.memory.roundTrip);
    const blocked = ahead < steps ? this.copy(slot, ahead, start, pace.alone) : 0;
    if (work.index && work.index.ahead > 0) this.steer(slot, ahead + work.index.ahead, start + work.index.place * pace.alone + blocked);
    const landed = tile + 1 < steps ? ready[slot * work.stages + ((tile + 1) % work.stages)]! : 0;
    const waited = Math.max(0, landed - (start + work.waits * pace.alone + blocked));
    const done = start + pace.alone + blocked + waited;
    if (tile + 1 === steps) engine.at(Math.ceil(done + pace.post), this.end, slot);
    else engine.at(Math.ceil(done), this.compute, slot);
  }

  private endCta(slot: number): void {
    const sm = slot % this.topology.sms;
    this.ends[sm] = this.engine.now;
    this.stored = Math.max(this.stored, this.memory.store(sm, this.work.stored[this.ctaOf[slot]!]!, this.engine.now));
    this.dispatch(slot);
  }

  /** Asks for the numbers that steer a K tile's copies, unless they have come with others. */
  private steer(slot: number, tile: number, from: number): void {
    const {work, memory, steered} = this;
    const cta = this.ctaOf[slot]!;
    if (!work.index || tile >= work.steps[cta]!) return;
    const sectors = (tiles: number): number => Math.ceil((tiles * work.index!.perTile) / sectorBytes);
    const isNew = sectors(tile + 1) > sectors(tile);
    const at = slot * work.stages + (tile % work.stages);
    steered[at] = isNew ? memory.lands(work.index, cta, tile, slot % this.topology.sms, from) : from;
  }

  /**
   * Asks for a K tile, chunk by chunk, in the course of the `duration` cycles from `from` on. Returns how long the warps are held
   * up by it: copies do not leave before it is known what to copy, nor while too many lines are on their way.
   */
  private copy(slot: number, tile: number, from: number, duration: number): number {
    const {work, memory} = this;
    const sm = slot % this.topology.sms;
    const cta = this.ctaOf[slot]!;
    const stage = slot * work.stages + (tile % work.stages);
    const steered = work.index ? this.steered[stage]! : 0;
    let last = 0;
    let blocked = 0;
    for (const chunk of work.chunks) {
      const asked = from + chunk.place * duration + blocked;
      const room = memory.roomAt(chunk, cta, sm, chunk.steered ? Math.max(asked, steered) : asked);
      blocked += room - asked;
      const landed = memory.lands(chunk, cta, tile, sm, room);
      if (landed > last) last = landed;
    }
    this.ready[stage] = last;
    return blocked;
  }

  private get indexAhead(): number {
    return this.work.index?.ahead ?? 0;
  }
}
