import {Windows} from '../engine/windows.ts';
import type {GpuValues} from '../gpu/parameters.ts';
import type {Topology} from '../gpu/topology.ts';
import {DramTiles} from './dram-tiles.ts';
import type {Work} from './flow.ts';
import {InFlight} from './in-flight.ts';
import type {Chunk} from './traffic.ts';

/** Cycles of a window of a port, and windows of a ring: with what SMs may have in flight, no port is asked for 131,072 cycles ahead. */
const [width, windows] = [64, 2048];
/** Share of a view below which what L2 lacks delays nobody. */
const negligible = 0.02;

/**
 * The way of a tile's lines from L2 or DRAM to an SM. Ports have a capacity a window (engine/windows.ts), for a tile reserves all
 * of them at once, ahead of time. What CTAs of a wave share the first of them fetches, once into each partition.
 */
export class MemoryPath {
  private readonly work: Work;
  private readonly gpu: GpuValues;
  private readonly topology: Topology;
  private readonly slots: number;
  private readonly toSlice: number;
  private readonly sliceRate: number;
  private readonly gpcPorts: Windows;
  private readonly smPorts: Windows;
  private readonly slices: Windows;
  private readonly links: Windows;
  private readonly storeLinks: Windows;
  private readonly dram: DramTiles;
  private readonly unitFree: Float64Array;
  private readonly inFlight: InFlight;
  private readonly longest: number;
  /** Chunks of a K tile, its index with them. */
  private readonly parts: number;
  /** For which wave a chunk was last fetched, and when it was there; ((view · K tiles + K tile) · chunks + chunk) · partitions + partition. */
  private readonly fetchedFor: Int32Array;
  private readonly isThere: Float64Array;

  constructor(work: Work, gpu: GpuValues, topology: Topology, dramRate: number) {
    const {l1, l2, crossbar} = gpu;
    this.work = work;
    this.gpu = gpu;
    this.topology = topology;
    this.slots = topology.sms * work.perSm;
    this.toSlice = l1.missLatency + crossbar.requestLatency;
    this.sliceRate = l2.slices * l2.bandwidth;
    this.gpcPorts = new Windows(topology.gpcs, width, windows);
    this.smPorts = new Windows(topology.sms, width, windows);
    this.slices = new Windows(l2.partitions, width, windows);
    this.links = new Windows(l2.partitions, width, windows);
    this.storeLinks = new Windows(l2.partitions, width, windows);
    this.dram = new DramTiles(gpu, dramRate, width, windows);
    this.unitFree = new Float64Array(topology.sms);
    this.inFlight = new InFlight(topology.sms, l1.lines);
    this.longest = work.steps.reduce((most, steps) => Math.max(most, steps), 1);
    const views = work.view.reduce((most, view) => Math.max(most, view + 1), 0);
    this.parts = work.chunks.length + (work.index ? 1 : 0);
    this.fetchedFor = new Int32Array(views * this.longest * this.parts * l2.partitions).fill(-1);
    this.isThere = new Float64Array(this.fetchedFor.length);
  }

  /** From an SM to L2 and back, when nothing is in the way. */
  get roundTrip(): number {
    return this.toSlice + this.gpu.l2.latency + this.gpu.crossbar.responseLatency;
  }

  /** When an SM may ask for a chunk that its warps come to at `time`: it has only so many lines on their way. */
  roomAt(chunk: Chunk, cta: number, sm: number, time: number): number {
    return this.inFlight.roomAt(sm, chunk.lines * this.work.seen[chunk.operand * this.work.ctas + cta]!, time);
  }

  /** When all that an SM has asked for so far has left it. */
  askedAt(sm: number): number {
    return this.unitFree[sm]!;
  }

  /** When all of a CTA's chunk of K tile `tile`, asked for from `time` on, is in shared memory. */
  lands(chunk: Chunk, cta: number, tile: number, sm: number, time: number): number {
    const {l1, crossbar, l2} = this.gpu;
    const share = this.work.seen[chunk.operand * this.work.ctas + cta]!;
    if (share === 0) return time;
    const lines = chunk.lines * share;
    const bytes = chunk.bytes * share;
    const begun = Math.max(time, this.unitFree[sm]!);
    const sent = begun + lines / l1.linesPerCycle;
    this.unitFree[sm] = sent;
    const there = this.inL2(chunk, cta, tile, this.topology.partitionOfSm[sm]!, begun + this.toSlice, lines, bytes);
    const passed = this.gpcPorts.reserve(this.topology.gpcOfSm[sm]!, there, bytes / crossbar.gpcBandwidth);
    const landing = this.smPorts.reserve(sm, passed, bytes / crossbar.smBandwidth) + bytes / crossbar.smBandwidth;
    const landed = Math.max(landing, passed + bytes / crossbar.gpcBandwidth, sent + this.toSlice + l2.latency) + crossbar.responseLatency;
    this.inFlight.add(sm, lines, landed);
    return landed;
  }

  /** What an SM stores goes to its lines' homes, of which every partition has as many. Returns when it is there. */
  store(sm: number, bytes: number, time: number): number {
    const {l2} = this.gpu;
    const from = this.topology.partitionOfSm[sm]!;
    this.slices.reserve(from, time, bytes / this.sliceRate);
    const crossing = (bytes * this.far) / l2.linkBandwidth;
    return crossing > 0 ? this.storeLinks.reserve(from, time, crossing) + crossing + l2.linkLatency : time;
  }

  utilisation(cycles: number): {readonly crossbar: number; readonly l2: number; readonly dram: number} {
    const of = (ports: Windows): number => ports.busy.reduce((a, b) => a + b, 0) / (ports.busy.length * cycles);
    return {crossbar: of(this.gpcPorts), l2: of(this.slices), dram: this.dram.utilisation(cycles)};
  }

  /** When a chunk asked for at `time` is in the slices of a partition. */
  private inL2(chunk: Chunk, cta: number, tile: number, partition: number, time: number, lines: number, bytes: number): number {
    const {work, fetchedFor, isThere} = this;
    const {l2} = this.gpu;
    const at = chunk.operand * work.ctas + cta;
    const held = this.slices.reserve(partition, time, bytes / this.sliceRate) + l2.latency;
    const missing = work.fresh[at]!;
    if (missing <= negligible) return held;
    const wave = Math.floor(cta / this.slots);
    const tiles = (work.view[at]! * this.longest + tile) * this.parts + chunk.part;
    const own = tiles * l2.partitions + partition;
    // Of gathered rows CTAs with other views want some too; who fetches which is known on average only.
    const shared = !chunk.steered;
    if (shared && fetchedFor[own]! >= wave) return Math.max(held, isThere[own]!);
    const other = shared ? this.otherWith(tiles, partition, wave) : -1;
    const read = shared ? missing : work.fromDram[at]!;
    const linked = shared ? missing * this.far : work.linked[at]!;
    const fetched = shared ? missing : linked + read * (1 - this.far);
    const home = other === -1 ? this.dram.read(time, lines * read, bytes * read, tiles + wave * 7919) : isThere[other]!;
    // What a slice lacks takes a look-up of its own; what crosses leaves its home through that slice's port too.
    this.slices.reserve(partition, time, (lines * fetched) / l2.slices);
    const crossing = (bytes * linked) / l2.linkBandwidth;
    const sent = (bytes * linked) / this.sliceRate + (other === -1 ? (lines * linked) / l2.slices : 0);
    const left = crossing > 0 ? this.slices.reserve((partition + 1) % l2.partitions, home, sent) : home;
    const crossed = crossing > 0 ? this.links.reserve(partition, left, crossing) + crossing + 2 * l2.linkLatency : home;
    fetchedFor[own] = wave;
    return (isThere[own] = Math.max(held, crossed));
  }

  /** Where another partition has fetched the same for the same wave; −1: none has. */
  private otherWith(tiles: number, partition: number, wave: number): number {
    const {partitions} = this.gpu.l2;
    for (let p = 0; p < partitions; p++) if (p !== partition && this.fetchedFor[tiles * partitions + p]! >= wave) return tiles * partitions + p;
    return -1;
  }

  /** Share of all lines whose home is another partition. */
  private get far(): number {
    return 1 - 1 / this.gpu.l2.partitions;
  }
}
