import {Engine} from '../engine/engine.ts';
import {Windows} from '../engine/windows.ts';
import type {GpuValues} from '../gpu/parameters.ts';
import {lineBytes, scramble} from '../gpu/sectored-cache.ts';
import {topologyOf} from '../gpu/topology.ts';
import type {Chunk} from './traffic.ts';

/** CTAs with main loops of so many K tiles, and what of each K tile's operands comes from where. */
export interface Work {
  readonly ctas: number;
  readonly steps: Int32Array;
  readonly perSm: number;
  readonly stages: number;
  readonly chunks: readonly Chunk[];
  /** operand · ctas + cta: share of a whole tile that is there to be asked for; of that the share that DRAM delivers, and that
   * crosses between partitions; and what L2 did not hold when the CTA's wave began. */
  readonly seen: Float64Array;
  /** CTAs with the same number see the same lines of an operand. */
  readonly view: Int32Array;
  readonly fromDram: Float32Array;
  readonly linked: Float32Array;
  readonly fresh: Float32Array;
  /** Bytes that each CTA stores. */
  readonly stored: Float64Array;
  /** Where among the MMAs of a K tile its warps wait for the next one: 0 at their beginning … 1 at their end. */
  readonly waits: number;
}

/** Cycles of a CTA on its SM, memory aside (core.ts). */
export interface Pace {
  readonly alone: number;
  readonly share: number;
  /** From the end of its last K tile to its own end, and from there until its stores are where they belong. */
  readonly post: number;
  readonly drain: number;
}

export interface Flowed {
  readonly cycles: number;
  /** When each SM's last CTA ended. */
  readonly ends: Float64Array;
  /** CTAs and K tiles of each SM. */
  readonly ctas: Int32Array;
  readonly steps: Int32Array;
  readonly busy: {readonly crossbar: number; readonly l2: number; readonly dram: number};
  readonly events: number;
}

/** Cycles of a window of a port, and windows of a ring: with what SMs may have in flight, no port is asked for 131,072 cycles ahead. */
const [width, windows] = [128, 1024];
/** Standard deviations by which the fullest of 80 channels lies above the mean: E[max] of 80 normal variables. */
const fullest = 2.43;
/** Share of a view below which what L2 lacks delays nobody. */
const negligible = 0.02;

/**
 * Plays a kernel tile by tile: one event a CTA and K tile, in which the copies of a later K tile reserve the ports that they
 * will pass. Ports have a capacity a window (engine/windows.ts), for reservations are made ahead of time.
 * `dramRate`: bytes a cycle that DRAM delivers when it is asked for more.
 */
export function flow(work: Work, gpu: GpuValues, pace: Pace, dramRate: number): Flowed {
  const {crossbar, l1, l2, dram, scheduler} = gpu;
  const topology = topologyOf(gpu.sm.gpcs, l2.partitions);
  const {sms, gpcOfSm, partitionOfSm, dispatchOrder} = topology;
  const {chunks, stages, perSm, ctas} = work;
  const engine = new Engine();
  const gpcPorts = new Windows(topology.gpcs, width, windows);
  const smPorts = new Windows(sms, width, windows);
  const slices = new Windows(l2.partitions, width, windows);
  const links = new Windows(l2.partitions, width, windows);
  const channels = new Windows(1, width, windows);
  const toSlice = l1.missLatency + crossbar.requestLatency;
  const perNs = gpu.clock.frequency / 1e9;
  const dramLatency = (dram.latency + dram.tRP + dram.tRCD + dram.tCL) * perNs;
  // Lines of a tile seldom share a row of their bank, so each takes an activation, and four of a channel take tFAW.
  const activation = (Math.max(dram.tRRD, dram.tFAW / 4) * perNs) / (l2.partitions * l2.slices);
  const lineTime = (lineBytes * l2.partitions * l2.slices) / dramRate;
  const banks = dram.bankGroups * dram.banksPerGroup;
  const rowCycle = (dram.tRAS + dram.tRP) * perNs;
  const sliceRate = l2.slices * l2.bandwidth;

  const slots = sms * perSm;
  const ctaOf = new Int32Array(slots);
  const step = new Int32Array(slots);
  const ready = new Float64Array(slots * stages);
  const unitFree = new Float64Array(sms);
  const pipeFree = new Float64Array(sms);
  const inFlight = new InFlight(sms, l1.lines);
  const ends = new Float64Array(sms);
  const ctasOf = new Int32Array(sms);
  const stepsOf = new Int32Array(sms);
  const longest = work.steps.reduce((most, steps) => Math.max(most, steps), 1);
  const parts = chunks;
  const views = work.view.reduce((most, view) => Math.max(most, view + 1), 0);
  /** For which wave a chunk was last fetched, and when it was there; ((view · K tiles + K tile) · chunks + chunk) · partitions + partition. */
  const fetchedFor = new Int32Array(views * longest * parts.length * l2.partitions).fill(-1);
  const isThere = new Float64Array(fetchedFor.length);
  let blocked = 0;
  let stored = 0;
  let next = 0;
  let nextDispatch = 0;

  /** When all of a chunk that a CTA's warps ask for at `time` is in shared memory. */
  function lands(chunk: Chunk, cta: number, tile: number, sm: number, time: number): number {
    const at = chunk.operand * ctas + cta;
    const share = work.seen[at]!;
    if (share === 0) return time;
    const lines = chunk.lines * share;
    const bytes = chunk.bytes * share;
    const room = inFlight.roomAt(sm, lines, time);
    const begun = Math.max(room, unitFree[sm]!);
    blocked = Math.max(blocked, room - time);
    const sent = begun + lines / l1.linesPerCycle;
    unitFree[sm] = sent;
    const arrived = begun + toSlice;
    const partition = partitionOfSm[sm]!;
    let there = slices.reserve(partition, arrived, bytes / sliceRate) + l2.latency;
    const missing = work.fresh[at]!;
    if (missing > negligible) {
      const wave = Math.floor(cta / slots);
      const tiles = (work.view[at]! * longest + tile) * parts.length + chunk.part;
      const own = tiles * l2.partitions + partition;
      if (!chunk.steered && fetchedFor[own]! >= wave) there = Math.max(there, isThere[own]!);
      else {
        const elsewhere = chunk.steered ? -1 : otherThat(tiles, partition, wave);
        let home = arrived;
        if (elsewhere === -1) {
          const share = chunk.steered ? work.fromDram[at]! : missing;
          const service = share * Math.max(bytes / dramRate, lines * activation);
          const queued = channels.reserve(0, arrived, service) + service - arrived;
          const perBank = queued / lineTime / banks;
          home +=
            Math.max(queued + fullest * Math.sqrt(queued * lineTime), (perBank + fullest * Math.sqrt(perBank)) * rowCycle) +
            dramLatency +
            refreshWait(dram, l2.partitions * l2.slices, (scramble(tiles + wave * 7919) + 0.5) / 2 ** 32) * perNs;
        } else home = isThere[elsewhere]!;
        const crossed = bytes * (chunk.steered ? work.linked[at]! : missing * (1 - 1 / l2.partitions));
        there = Math.max(
          there,
          crossed > 0 ? links.reserve(partition, home, crossed / l2.linkBandwidth) + crossed / l2.linkBandwidth + 2 * l2.linkLatency : home,
        );
        fetchedFor[own] = wave;
        isThere[own] = there;
      }
    }
    const passed = gpcPorts.reserve(gpcOfSm[sm]!, there, bytes / crossbar.gpcBandwidth);
    const landing = smPorts.reserve(sm, passed, bytes / crossbar.smBandwidth) + bytes / crossbar.smBandwidth;
    const landed = Math.max(landing, passed + bytes / crossbar.gpcBandwidth, sent + toSlice + l2.latency) + crossbar.responseLatency;
    inFlight.add(sm, lines, landed);
    return landed;
  }

  /** Another partition that has fetched the same for the same wave; −1: none. */
  function otherThat(tiles: number, partition: number, wave: number): number {
    for (let p = 0; p < l2.partitions; p++) if (p !== partition && fetchedFor[tiles * l2.partitions + p]! >= wave) return tiles * l2.partitions + p;
    return -1;
  }

  function copy(slot: number, tile: number, from: number, duration: number, steering: number): void {
    const sm = slot % sms;
    const cta = ctaOf[slot]!;
    let last = 0;
    for (const chunk of chunks) {
      const landed = lands(chunk, cta, tile, sm, from + chunk.place * duration + (chunk.steered ? steering : 0));
      if (landed > last) last = landed;
    }
    ready[slot * stages + (tile % stages)] = last;
  }

  function dispatch(slot: number): void {
    if (next === ctas) return;
    ctaOf[slot] = next++;
    nextDispatch = Math.max(nextDispatch, engine.now) + scheduler.interval;
    engine.at(Math.ceil(nextDispatch + scheduler.startLatency), begin, slot);
  }

  const begin = engine.kind((slot) => {
    const cta = ctaOf[slot]!;
    const steps = work.steps[cta]!;
    const sm = slot % sms;
    ctasOf[sm]!++;
    stepsOf[sm]! += steps;
    step[slot] = 0;
    const steering = toSlice + l2.latency + crossbar.responseLatency;
    for (let tile = 0; tile < Math.min(steps, stages - 1); tile++) copy(slot, tile, engine.now, 0, steering);
    if (steps === 0) engine.at(Math.ceil(engine.now + pace.post), end, slot);
    else engine.at(Math.ceil(ready[slot * stages]!), compute, slot);
  });

  const compute = engine.kind((slot) => {
    const sm = slot % sms;
    const steps = work.steps[ctaOf[slot]!]!;
    const tile = step[slot]!;
    const start = Math.max(engine.now, pipeFree[sm]!);
    pipeFree[sm] = start + pace.share;
    blocked = 0;
    if (tile + stages - 1 < steps) copy(slot, tile + stages - 1, start, pace.alone, 0);
    step[slot] = tile + 1;
    const landed = tile + 1 < steps ? ready[slot * stages + ((tile + 1) % stages)]! : 0;
    const waited = Math.max(0, landed - (start + work.waits * pace.alone + blocked));
    const done = start + pace.alone + blocked + waited;
    if (tile + 1 === steps) engine.at(Math.ceil(done + pace.post), end, slot);
    else engine.at(Math.ceil(done), compute, slot);
  });

  const end = engine.kind((slot) => {
    const sm = slot % sms;
    ends[sm] = engine.now;
    store(partitionOfSm[sm]!, work.stored[ctaOf[slot]!]!);
    dispatch(slot);
  });

  /** What a CTA has stored goes to its lines' homes, of which every partition has as many. */
  function store(from: number, bytes: number): void {
    const far = 1 - 1 / l2.partitions;
    const crossing = (bytes * far) / l2.linkBandwidth;
    if (crossing > 0) stored = Math.max(stored, links.reserve(from, engine.now, crossing) + crossing + l2.linkLatency);
    slices.reserve(from, engine.now, bytes / sliceRate);
  }

  for (let slot = 0; slot < perSm; slot++) for (const sm of dispatchOrder) dispatch(slot * sms + sm);
  engine.run();
  const cycles = Math.ceil(Math.max(engine.now + pace.drain, stored));
  const busy = (ports: Windows): number => ports.busy.reduce((a, b) => a + b, 0) / (ports.busy.length * cycles);
  return {
    cycles,
    ends,
    ctas: ctasOf,
    steps: stepsOf,
    busy: {crossbar: busy(gpcPorts), l2: busy(slices), dram: busy(channels)},
    events: engine.handled,
  };
}

/**
 * How long the last of the lines of a tile, one to each channel, waits for its channel's refresh, in ns: the quantile `at` of
 * the most that `channels` wait which refresh for tRFC of every tREFI, independently of each other.
 */
function refreshWait({tRFC, tREFI}: {readonly tRFC: number; readonly tREFI: number}, channels: number, at: number): number {
  return tRFC * Math.max(0, 1 - (1 - at ** (1 / channels)) * (tREFI / tRFC));
}

/** Lines of each SM on their way, in the order in which they were asked for. */
class InFlight {
  private readonly limit: number;
  private readonly places: number;
  private readonly lines: Float64Array;
  private readonly landed: Float64Array;
  private readonly first: Int32Array;
  private readonly count: Int32Array;
  private readonly sum: Float64Array;

  constructor(sms: number, limit: number) {
    this.limit = limit;
    this.places = 1024;
    this.lines = new Float64Array(sms * this.places);
    this.landed = new Float64Array(sms * this.places);
    this.first = new Int32Array(sms);
    this.count = new Int32Array(sms);
    this.sum = new Float64Array(sms);
  }

  /** When, from `time` on, so many more may leave. */
  roomAt(sm: number, lines: number, time: number): number {
    let at = time;
    while (this.count[sm]! > 0) {
      const place = sm * this.places + this.first[sm]!;
      if (this.landed[place]! > at) {
        if (this.sum[sm]! + lines <= this.limit) break;
        at = this.landed[place]!;
      }
      this.sum[sm]! -= this.lines[place]!;
      this.first[sm] = (this.first[sm]! + 1) % this.places;
      this.count[sm]!--;
    }
    return at;
  }

  add(sm: number, lines: number, landed: number): void {
    const place = sm * this.places + ((this.first[sm]! + this.count[sm]!) % this.places);
    this.lines[place] = lines;
    this.landed[place] = landed;
    this.sum[sm]! += lines;
    this.count[sm]!++;
  }
}
