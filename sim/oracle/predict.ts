import type {GpuValues} from '../gpu/parameters.ts';
import {sustainedClock, type Work} from '../gpu/power.ts';
import {occupancy} from '../gpu/sm.ts';
import {findMma, macs} from '../gpu/tensor-core.ts';
import type {PackedOperand} from '../packing/packed.ts';
import {FreeSlots} from './free-slots.ts';
import {
  heldBy,
  instructionOf,
  kPerStored,
  metadataBits,
  multiplyingWarps,
  registersPerThread,
  resultBytes,
  type Kernel,
  type KernelShape,
} from '../trace/kernel.ts';
import {packing} from '../trace/op.ts';
import type {Gemm} from '../workload/gemm.ts';

/**
 * A closed form for a kernel's time in seconds, good enough to rank kernels by: every CTA's K tiles at the pace of the slowest
 * of tensor pipe, shared memory, L2 port and latency, CTAs dealt to the slots that come free, never below what DRAM must bring;
 * at the clock that the energy of it all leaves. Infinity: the kernel does not fit.
 */
export function predictSeconds(gemm: Gemm, packed: PackedOperand, kernel: Kernel, shape: KernelShape, gpu: GpuValues, elementType: string): number {
  if (shape.cores === 'cuda') return 0; // there is one kernel to choose from
  const [bm, bn, bk] = kernel.tile as [number, number, number];
  const warps = kernel.warps[0]! * kernel.warps[1]!;
  const e = shape.elementBytes;
  const result = kernel.splitK > 1 ? 4 : resultBytes(shape);
  const weightShare = 1 / kPerStored(shape.vector);
  const stageBytes = (bm * bk + bn * bk * weightShare) * e + (bn * bk * metadataBits(shape)) / instructionOf(shape).k / 8;
  const shared = Math.max(stageBytes * kernel.stages, bm * bn * result);
  const perSm = occupancy(gpu.sm, warps, registersPerThread(kernel, shape), shared).ctas;
  const mma = findMma(gpu.tensorCore, instructionOf(shape), elementType, packing(shape.vector));
  if (perSm === 0 || !mma) return Infinity;

  const sms = gpu.sm.gpcs.reduce((a, b) => a + b, 0);
  const tokenTiles = Math.ceil(gemm.m / bm);
  const runs = packed.tiles.map((tile) => ({
    steps: Math.ceil(Math.ceil(tile.rows.length / bk) / kernel.splitK),
    ctas: Math.ceil(tile.columns.length / bn) * tokenTiles * kernel.splitK,
  }));
  const ctas = runs.reduce((sum, run) => sum + run.ctas, 0);
  const together = Math.min(perSm, Math.ceil(ctas / sms));
  const busySms = Math.min(sms, ctas);
  const resident = residence(gemm, packed, kernel, gpu, sms * perSm);

  const [along, across] = multiplyingWarps(kernel);
  const ldsm = (bm * bk * across + bn * bk * weightShare * along) * e * heldBy(shape);
  const share = Math.min(gpu.crossbar.smBandwidth, (gpu.crossbar.gpcBandwidth * gpu.sm.gpcs.length) / busySms);
  const pace = (together: number): {readonly step: number; readonly ends: number} => {
    // One K tile of the CTAs that share an SM, in cycles of each unit, and of one CTA alone.
    const perSubcore = (warps * together) / gpu.sm.subcores;
    const interval = perSubcore > 1 ? mma.interval : mma.warpInterval;
    const tensor = ((together * bm * bn * bk) / macs(mma) / gpu.sm.subcores) * interval * Math.max(1, 1 / perSubcore);
    const port = (together * (ldsm + stageBytes)) / 128;
    const l2 = (together * stageBytes) / share;
    // What every warp waits for at the barrier no other CTA's warps fill but by chance.
    const barrier = (gpu.sm.barrierLatency + gpu.sm.barrierPerWarp * warps) / together;
    // With one stage a CTA's own K tiles follow one another, and only other CTAs' fill what one waits for.
    const ahead = kernel.stages - 1;
    const alone = ahead === 0 ? resident.latency + (tensor + port) / together + barrier * together : resident.latency / ahead;
    return {
      step: Math.max(tensor + barrier, port + barrier, l2, alone),
      ends: 2 * resident.latency + gpu.scheduler.startLatency + (together * bm * bn * result) / share,
    };
  };
  const paces = Array.from({length: together}, (_, fewer) => pace(fewer + 1));
  const durationOf = (steps: number, {step, ends}: {readonly step: number; readonly ends: number}): number => steps * step + ends;
  const durations = runs.map((run) => ({duration: durationOf(run.steps, paces.at(-1)!), count: run.ctas}));
  const longest = runs.reduce((most, {steps}) => Math.max(most, steps), 0);
  const alike = paces.map((each) => durationOf(longest, each));
  const spilled = spilledBytes(gemm, packed, kernel, gpu, Math.min(1, (sms * perSm) / ctas));
  const dram = dramBytesPerCycle(gpu);
  const cycles = Math.max(deal(durations, sms, alike), (resident.dramBytes + spilled) / dram);
  const allSteps = runs.reduce((sum, run) => sum + run.steps * run.ctas, 0);
  const results = gemm.m * gemm.n * result * kernel.splitK;
  const work: Work = {
    cycles,
    macs: allSteps * bm * bn * bk * weightShare,
    sharedBytes: allSteps * (ldsm + stageBytes),
    l2Bytes: allSteps * stageBytes + results,
    dramBytes: resident.dramBytes + spilled,
  };
  const seconds = cycles / sustainedClock(gpu.power, work, gpu.clock.frequency);
  return seconds + (kernel.splitK > 1 ? reductionSeconds(gemm, kernel, shape, gpu, spilled) : 0);
}

/**
 * When the last CTA ends of those dealt, run after run, to whichever slot is free first. `alike`: how long a CTA takes when it is
 * alone on its SM, when there are two of them, …: where no other takes the place of one that has ended, those left are faster.
 */
function deal(runs: readonly {readonly duration: number; readonly count: number}[], sms: number, alike: readonly number[]): number {
  const slots = sms * alike.length;
  const free = new FreeSlots(slots);
  for (const {duration, count} of runs) {
    let left = count;
    // Slots that come free within one CTA of each other take one each, and are as far apart again.
    if (free.last() - free.first() <= duration) {
      free.postpone(Math.floor(left / slots) * duration);
      left %= slots;
    }
    while (left-- > 0) free.take(duration);
  }
  let last = 0;
  for (let sm = 0; sm < sms; sm++) {
    const ends = alike.map((_, place) => free.at(place * sms + sm)).sort((a, b) => a - b);
    last = Math.max(
      last,
      ends.reduce((end, until, ended) => end + (until - (ends[ended - 1] ?? 0)) * (alike.at(-1 - ended)! / alike.at(-1)!), 0),
    );
  }
  return last;
}

/**
 * Whether a partition of the L2 still holds the operands from the run before, and what follows for latency and DRAM. If not,
 * the operand that the walk runs along is read again for every band of the walk, unless it fits by itself.
 */
function residence(gemm: Gemm, packed: PackedOperand, kernel: Kernel, gpu: GpuValues, wave: number) {
  const partition = gpu.l2.capacity / gpu.l2.partitions;
  const e = packed.elementBytes;
  const weights = packed.bytes.values + packed.bytes.metadata;
  const activations = gemm.m * gemm.k * e;
  const near = gpu.l1.missLatency + gpu.crossbar.requestLatency + gpu.l2.latency + gpu.crossbar.responseLatency;
  if (weights + activations + gemm.m * gemm.n * resultBytes(packed) <= partition) return {latency: near * queueing, dramBytes: 0};
  const alongTokens = kernel.raster === 'tokens';
  const tokenTiles = Math.ceil(gemm.m / kernel.tile[0]!);
  const weightTiles = packed.tiles.reduce((sum, t) => sum + Math.ceil(t.columns.length / kernel.tile[1]!), 0);
  const [slow, fast, fastBytes, slowBytes] = alongTokens
    ? [weightTiles, tokenTiles, activations, weights]
    : [tokenTiles, weightTiles, weights, activations];
  const bands = Math.ceil(slow / Math.max(kernel.swizzle, wave / fast));
  const dramBytes = slowBytes + fastBytes * (fastBytes <= partition ? 1 : bands);
  const cycles = gpu.clock.frequency / 1e9;
  const dram = (gpu.dram.latency + gpu.dram.tRP + gpu.dram.tRCD + gpu.dram.tCL) * cycles;
  return {latency: (near + gpu.l2.linkLatency + dram) * queueing, dramBytes};
}

/** What DRAM moves in a cycle when it does nothing else, refresh apart. */
function dramBytesPerCycle({dram, clock}: GpuValues): number {
  return dram.bandwidth / clock.frequency / (1 + (dram.tRFC + dram.tRP) / dram.tREFI);
}

/**
 * Bytes of split-K's partial sums that L2 does not keep until they are added: they are read in the order in which they were
 * written, so that all of them must fit, and beside those of earlier waves what later ones read. `wave`: share of all CTAs.
 */
function spilledBytes(gemm: Gemm, packed: PackedOperand, kernel: Kernel, {l2}: GpuValues, wave: number): number {
  if (kernel.splitK === 1) return 0;
  const partials = gemm.m * gemm.n * 4 * kernel.splitK;
  const operands = packed.bytes.values + packed.bytes.metadata + gemm.m * gemm.k * packed.elementBytes;
  const partition = l2.capacity / l2.partitions;
  const own = partials / l2.partitions;
  if (own > partition) return partials;
  return own + operands * wave > partition ? partials * (1 - (1 % wave || wave)) : 0;
}

/** A K tile's copies come in a burst, and the last of them waits behind the others: about as long again as half its way. */
const queueing = 1.5;

/** The second kernel of split-K: its launch, and the partial sums written and read again. */
function reductionSeconds(gemm: Gemm, kernel: Kernel, shape: KernelShape, gpu: GpuValues, spilled: number): number {
  const {launchGap, nullKernel, packedKernel} = gpu.host;
  const launch = (launchGap + nullKernel + (shape.vector && shape.index.rows === 0 ? packedKernel : 0)) / 1e9;
  const results = gemm.m * gemm.n * resultBytes(shape);
  const moving = (gemm.m * gemm.n * 2 * 4 * kernel.splitK + results) / (gpu.crossbar.gpcBandwidth * gpu.sm.gpcs.length);
  const fetching = spilled > 0 ? (spilled + results) / dramBytesPerCycle(gpu) : 0;
  return launch + (kernel.splitK * roundTrip + Math.max(moving, fetching)) / gpu.clock.frequency;
}

/** Cycles in which a split's partial sums are asked for, come from DRAM or a far slice, and are added. */
const roundTrip = 1000;
