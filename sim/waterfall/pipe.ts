import {mmaOf} from '../gpu/decode.ts';
import type {GpuValues} from '../gpu/parameters.ts';
import {findMma, macs, type Mma} from '../gpu/tensor-core.ts';
import type {Trace} from '../trace/trace.ts';

/** The GPU with an MMA that occupies its pipe `factor` times as long. */
export function withMma(gpu: GpuValues, mma: Mma, factor: number): GpuValues {
  const scaled = {
    ...mma,
    interval: mma.interval * factor,
    warpInterval: mma.warpInterval * factor,
    latency: mma.latency + Math.max(0, mma.interval * (factor - 1)),
  };
  return {...gpu, tensorCore: {mma: gpu.tensorCore.mma.map((row) => (row === mma ? scaled : row))}};
}

/** What the first launch multiplies with, and how many multiply-adds it issues; undefined: it does not multiply. */
export function multiplying(trace: Trace, gpu: GpuValues, elementType: string): {readonly mma: Mma; readonly macs: number} | undefined {
  const launch = trace.launches[0]!;
  const mma = mmaOf(launch, elementType, gpu.tensorCore);
  if (!mma) return undefined;
  const steps = launch.grid.steps.reduce((a, b) => a + b, 0);
  const each = launch.programs.reduce((sum, {ops, body, epilogue}) => sum + ops.slice(body, epilogue).filter((op) => op.op === 'MMA').length, 0);
  return {mma, macs: steps * each * macs(mma)};
}

/** How much longer a multiply-add takes in the dense MMA than in this one; undefined: the GPU has no such dense MMA. */
export function denseRate(mma: Mma, gpu: GpuValues, elementType: string, elementBytes: number): number | undefined {
  const dense = findMma(gpu.tensorCore, {m: 16, n: 8, k: 32 / elementBytes}, elementType, false);
  return dense && dense.interval / macs(dense) / (mma.interval / macs(mma));
}
