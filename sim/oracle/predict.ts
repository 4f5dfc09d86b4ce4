import type {GpuValues} from '../gpu/parameters.ts';
import {occupancy} from '../gpu/sm.ts';
import {findMma} from '../gpu/tensor-core.ts';
import type {PackedOperand} from '../packing/packed.ts';
import {instructionK, registersPerThread, type Kernel, type KernelShape} from '../trace/kernel.ts';
import type {Gemm} from '../workload/gemm.ts';

/**
 * A closed form for a kernel's time in cycles, good enough to rank kernels by: every CTA's K tiles at the pace of the slowest of
 * tensor pipe, shared memory, L2 port and latency, CTAs dealt to the SMs that come free, never below what DRAM must bring.
 * Infinity: the kernel does not fit.
 */
export function predictCycles(gemm: Gemm, packed: PackedOperand, kernel: Kernel, shape: KernelShape, gpu: GpuValues, elementType: string): number {
  const [bm, bn, bk] = kernel.tile as [number, number, number];
  const warps = kernel.warps[0]! * kernel.warps[1]!;
  const e = shape.elementBytes;
  const weightShare = shape.sparse ? 0.5 : 1;
  const stageBytes = (bm * bk + bn * bk * weightShare) * e + (shape.sparse ? (bn * bk) / 8 : 0);
  const shared = Math.max(stageBytes * kernel.stages, bm * bn * (kernel.splitK > 1 ? 4 : e));
  const perSm = occupancy(gpu.sm, warps, registersPerThread(kernel, shape), shared).ctas;
  const mma = findMma(gpu.tensorCore, instructionK(shape), elementType, shape.sparse);
  if (perSm === 0 || !mma) return Infinity;

  const sms = gpu.sm.gpcs.reduce((a, b) => a + b, 0);
  const tokenTiles = Math.ceil(gemm.m / bm);
  const durations: number[] = [];
  let grid = 0;
  for (const tile of packed.tiles) grid += Math.ceil(tile.columns.length / bn) * tokenTiles * kernel.splitK;
  const together = Math.max(1, Math.min(perSm, Math.ceil(grid / sms)));
  const busySms = Math.min(sms, grid);

  // One K tile of one CTA, in cycles of each unit of its SM.
  const subcoresUsed = Math.min(gpu.sm.subcores, warps * together);
  const interval = warps * together > gpu.sm.subcores ? mma.interval : mma.warpInterval;
  const tensor = ((bm * bn * bk) / (128 * mma.k) / Math.min(subcoresUsed, warps)) * interval * (Math.min(subcoresUsed, warps) / subcoresUsed);
  const ldsm = (bm * bk * kernel.warps[1]! + bn * bk * weightShare * kernel.warps[0]!) * e;
  const port = (ldsm + stageBytes) / 128;
  const share = Math.min(gpu.crossbar.smBandwidth, (gpu.crossbar.gpcBandwidth * gpu.sm.gpcs.length) / busySms);
  const l2 = stageBytes / share;
  const latency = loadLatency(gpu) / (kernel.stages - 1) / together;
  const barrier = (gpu.sm.barrierLatency + gpu.sm.barrierPerWarp * warps + 40) / together;
  const step = Math.max(tensor + barrier, port + barrier / 2, l2, latency);
  const ends = 2 * loadLatency(gpu) + gpu.scheduler.startLatency + (bm * bn * (kernel.splitK > 1 ? 4 : e)) / 32;
  for (const tile of packed.tiles) {
    const steps = Math.ceil(Math.ceil(tile.rows.length / bk) / kernel.splitK);
    const count = Math.ceil(tile.columns.length / bn) * tokenTiles * kernel.splitK;
    for (let i = 0; i < count; i++) durations.push(steps * step + ends / together);
  }
  const dram = dramCycles(gemm, packed, gpu, e);
  return Math.max(deal(durations, sms), dram) + (kernel.splitK > 1 ? reductionCycles(gemm, kernel, gpu, e) : 0);
}

/** A load from L2 as a K loop meets it: half near, half far would be rare; queues add as much again as the bare latency's half. */
function loadLatency(gpu: GpuValues): number {
  const near = gpu.l1.missLatency + gpu.crossbar.requestLatency + gpu.l2.latency + gpu.crossbar.responseLatency;
  return near * 1.5;
}

/** When the last of `durations`, dealt in order to whichever of `sms` is free first, ends. */
function deal(durations: readonly number[], sms: number): number {
  const free = new Float64Array(sms);
  let last = 0;
  for (const duration of durations) {
    let first = 0;
    for (let sm = 1; sm < sms; sm++) if (free[sm]! < free[first]!) first = sm;
    free[first]! += duration;
    last = Math.max(last, free[first]!);
  }
  return last;
}

/** Operands and result once over the DRAM pins, unless a partition of the L2 still holds them from the run before. */
function dramCycles(gemm: Gemm, packed: PackedOperand, gpu: GpuValues, e: number): number {
  const operands = packed.bytes.values + packed.bytes.metadata + gemm.m * gemm.k * e;
  const bytes = operands + gemm.m * gemm.n * e;
  if (bytes <= gpu.l2.capacity / gpu.l2.partitions) return 0;
  return ((operands * gpu.clock.frequency) / gpu.dram.bandwidth) * 1.2;
}

/** The second kernel of split-K: its launch, and the partial sums through L2. */
function reductionCycles(gemm: Gemm, kernel: Kernel, gpu: GpuValues, e: number): number {
  const launch = ((gpu.host.launchGap + gpu.host.nullKernel) * gpu.clock.frequency) / 1e9;
  const bytes = gemm.m * gemm.n * (4 * kernel.splitK + e);
  const l2 = gpu.crossbar.gpcBandwidth * gpu.sm.gpcs.length;
  return launch + 2 * loadLatency(gpu) * kernel.splitK + bytes / l2;
}
