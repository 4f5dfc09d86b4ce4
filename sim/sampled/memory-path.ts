import {Windows} from '../engine/windows.ts';
import type {GpuValues} from '../gpu/parameters.ts';
import type {Topology} from '../gpu/topology.ts';
import type {Work} from './flow.ts';
import {InFlight} from './in-flight.ts';
import {L2Tiles} from './l2-tiles.ts';
import type {Chunk} from './traffic.ts';

/** Cycles of a window of a port, and windows of a ring: with what SMs may have in flight, no port is asked for 131,072 cycles ahead. */
const [width, windows] = [64, 2048];

/**
 * The way of a tile's lines from L2 to an SM. Ports have a capacity a window (engine/windows.ts), for a tile reserves all of them
 * at once, ahead of time.
 */
export class MemoryPath {
  private readonly work: Work;
  private readonly gpu: GpuValues;
  private readonly topology: Topology;
  private readonly toSlice: number;
  private readonly l2: L2Tiles;
  private readonly gpcPorts: Windows;
  private readonly smPorts: Windows;
  private readonly unitFree: Float64Array;
  private readonly inFlight: InFlight;

  /** `dramRate`: bytes a cycle that DRAM delivers when it is asked for more. */
  constructor(work: Work, gpu: GpuValues, topology: Topology, dramRate: number) {
    this.work = work;
    this.gpu = gpu;
    this.topology = topology;
    this.toSlice = gpu.l1.missLatency + gpu.crossbar.requestLatency;
    this.l2 = new L2Tiles(work, gpu, topology, dramRate, width, windows);
    this.gpcPorts = new Windows(topology.gpcs, width, windows);
    this.smPorts = new Windows(topology.sms, width, windows);
    this.unitFree = new Float64Array(topology.sms);
    this.inFlight = new InFlight(topology.sms, gpu.l1.lines);
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
    const left = this.l2.leaves(chunk, cta, tile, this.topology.partitionOfSm[sm]!, begun + this.toSlice, lines, bytes);
    const passed = this.gpcPorts.reserve(this.topology.gpcOfSm[sm]!, left, bytes / crossbar.gpcBandwidth);
    const landing = this.smPorts.reserve(sm, passed, bytes / crossbar.smBandwidth) + bytes / crossbar.smBandwidth;
    const landed = Math.max(landing, passed + bytes / crossbar.gpcBandwidth, sent + this.toSlice + l2.latency) + crossbar.responseLatency;
    this.inFlight.add(sm, lines, landed);
    return landed;
  }

  /** When what an SM stores is where it belongs. */
  store(sm: number, bytes: number, time: number): number {
    return this.l2.store(this.topology.partitionOfSm[sm]!, bytes, time);
  }

  utilisation(cycles: number): {readonly crossbar: number; readonly l2: number; readonly dram: number} {
    const {busy} = this.gpcPorts;
    return {crossbar: busy.reduce((a, b) => a + b, 0) / (busy.length * cycles), ...this.l2.utilisation(cycles)};
  }
}
