import {someFloat64s, someInt32s} from '../engine/arrays.ts';
import {Windows} from '../engine/windows.ts';
import type {GpuValues} from '../gpu/parameters.ts';
import type {Topology} from '../gpu/topology.ts';
import {DramTiles} from './dram-tiles.ts';
import type {Work} from './flow.ts';
import type {Chunk} from './traffic.ts';

/** More waves than meet one tile: names of a tile in each of them do not collide. */
const waveNames = 4099;
/** Share of a view below which what L2 lacks delays nobody. */
const negligible = 0.02;

/** L2 as tiles see it: the slices of a partition are one port. What CTAs of a wave share the first of them fetches, once into each partition. */
export class L2Tiles {
  private readonly work: Work;
  private readonly gpu: GpuValues;
  private readonly slots: number;
  private readonly rate: number;
  private readonly slices: Windows;
  private readonly links: Windows;
  private readonly storeLinks: Windows;
  private readonly dram: DramTiles;
  private readonly longest: number;
  /** Chunks of a K tile, its index with them. */
  private readonly parts: number;
  /** For which wave a chunk was last fetched, and when it was there; ((view · K tiles + K tile) · chunks + chunk) · partitions + partition. */
  private readonly fetchedFor: Int32Array;
  private readonly isThere: Float64Array;

  /** `width`, `windows`: of its ports; `dramRate`: bytes a cycle that DRAM delivers when it is asked for more. */
  constructor(work: Work, gpu: GpuValues, topology: Topology, dramRate: number, width: number, windows: number) {
    const {l2} = gpu;
    this.work = work;
    this.gpu = gpu;
    this.slots = topology.sms * work.perSm;
    this.rate = l2.slices * l2.bandwidth;
    this.slices = new Windows(l2.partitions, width, windows);
    this.links = new Windows(l2.partitions, width, windows);
    this.storeLinks = new Windows(l2.partitions, width, windows);
    this.dram = new DramTiles(gpu, dramRate, width, windows);
    this.longest = work.steps.reduce((most, steps) => Math.max(most, steps), 1);
    this.parts = work.chunks.length + (work.index ? 1 : 0);
    const views = work.view.reduce((most, view) => Math.max(most, view + 1), 0);
    this.fetchedFor = someInt32s(views * this.longest * this.parts * l2.partitions).fill(-1);
    this.isThere = someFloat64s(this.fetchedFor.length);
  }

  /** When all of a chunk asked for at `time` has left the slices of a partition: `lines` lines with `bytes` of sectors. */
  leaves(chunk: Chunk, cta: number, tile: number, partition: number, time: number, lines: number, bytes: number): number {
    const there = this.fetched(chunk, cta, tile, partition, time, lines, bytes);
    const service = bytes / this.rate;
    const queued = this.slices.reserve(partition, there, service) + service - there;
    return Math.max(time + this.gpu.l2.latency, there) + queued;
  }

  /** What an SM stores goes to its lines' homes, of which every partition has as many. Returns when it is there. */
  store(from: number, bytes: number, time: number): number {
    const {l2} = this.gpu;
    this.slices.reserve(from, time, bytes / this.rate);
    const crossing = (bytes * this.far) / l2.linkBandwidth;
    return crossing > 0 ? this.storeLinks.reserve(from, time, crossing) + crossing + l2.linkLatency : time;
  }

  utilisation(cycles: number): {readonly l2: number; readonly dram: number} {
    const {busy} = this.slices;
    return {l2: busy.reduce((a, b) => a + b, 0) / (busy.length * cycles), dram: this.dram.utilisation(cycles)};
  }

  /** When a chunk asked for at `time` is in the slices of a partition: `time`, if it has been all along. */
  private fetched(chunk: Chunk, cta: number, tile: number, partition: number, time: number, lines: number, bytes: number): number {
    const {work, fetchedFor, isThere} = this;
    const {l2} = this.gpu;
    const at = chunk.operand * work.ctas + cta;
    const missing = work.fresh[at]!;
    if (missing <= negligible) return time;
    const wave = Math.floor(cta / this.slots);
    const tiles = (work.view[at]! * this.longest + tile) * this.parts + chunk.part;
    const own = tiles * l2.partitions + partition;
    // Of gathered rows CTAs with other views want some too; who fetches which is known on average only.
    const shared = !chunk.steered;
    if (shared && fetchedFor[own]! >= wave) return Math.max(time, isThere[own]!);
    const other = shared ? this.otherWith(tiles, partition, wave) : -1;
    const read = shared ? missing : work.fromDram[at]!;
    const linked = shared ? missing * this.far : work.linked[at]!;
    const lacking = shared ? missing : linked + read * (1 - this.far);
    const home = other === -1 ? this.dram.read(time, lines * read, bytes * read, tiles * waveNames + wave) : isThere[other]!;
    // What a slice lacks takes a look-up of its own; what crosses leaves its home through that slice's port too.
    this.slices.reserve(partition, time, (lines * lacking) / l2.slices);
    const crossing = (bytes * linked) / l2.linkBandwidth;
    const sent = (bytes * linked) / this.rate + (other === -1 ? (lines * linked) / l2.slices : 0);
    const left = crossing > 0 ? this.slices.reserve((partition + 1) % l2.partitions, home, sent) : home;
    const crossed = crossing > 0 ? this.links.reserve(partition, left, crossing) + crossing + 2 * l2.linkLatency : home;
    fetchedFor[own] = wave;
    return (isThere[own] = Math.max(time, crossed));
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
