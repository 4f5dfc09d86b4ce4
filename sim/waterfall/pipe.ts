import {mmaOf} from '../gpu/decode.ts';
import type {GpuValues} from '../gpu/parameters.ts';
import {findMma, macs, type Mma} from '../gpu/tensor-core.ts';
import type {Trace} from '../trace/trace.ts';

/** How long all tensor pipes together need, in cycles, if they never wait. */
export interface PipeTime {
  /** For the MMAs that the first launch issues. */
  readonly issued: number;
  /** For so many multiply-adds in its MMA, and in the dense one; in its own where the GPU has no such dense MMA. */
  readonly of: (multiplyAdds: number) => number;
  readonly ofDense: (multiplyAdds: number) => number;
}

/** undefined: the first launch does not multiply on tensor cores. */
export function pipeTime(trace: Trace, gpu: GpuValues, elementType: string): PipeTime | undefined {
  const launch = trace.launches[0]!;
  const mma = mmaOf(launch, elementType, gpu.tensorCore);
  if (!mma) return undefined;
  const steps = launch.grid.steps.reduce((a, b) => a + b, 0);
  const each = launch.programs.reduce((sum, {ops, body, epilogue}) => sum + ops.slice(body, epilogue).filter((op) => op.op === 'MMA').length, 0);
  const pipes = gpu.sm.gpcs.reduce((a, b) => a + b, 0) * gpu.sm.subcores;
  const dense = findMma(gpu.tensorCore, {m: 16, n: 8, k: 32 / trace.elementBytes}, elementType, 'dense') ?? mma;
  const rate = (of: Mma) => of.interval / macs(of) / pipes;
  return {
    issued: (steps * each * mma.interval) / pipes,
    of: (multiplyAdds) => multiplyAdds * rate(mma),
    ofDense: (multiplyAdds) => multiplyAdds * rate(mma.sparse === 'dense' ? mma : dense),
  };
}
