import type {GpuValues} from './gpu/parameters.ts';
import {predictSeconds} from './oracle/predict.ts';
import type {PackedOperand} from './packing/packed.ts';
import {type Kernel, type KernelShape} from './trace/kernel.ts';
import {refuseKernel} from './trace/refusals.ts';
import {candidates} from './trace/library.ts';
import {packing} from './trace/op.ts';
import type {Gemm} from './workload/gemm.ts';

/**
 * `kernel: auto`: of the kernels a library ships, the one predicted fastest; never looks at measured data. Throws an Error when
 * none fits the GPU.
 */
export function searchKernel(
  gemm: Gemm,
  packed: PackedOperand,
  granularity: number | undefined,
  shape: KernelShape,
  gpu: GpuValues,
  elementType: string,
): Kernel {
  const k = Math.max(0, ...packed.tiles.map((tile) => tile.rows.length));
  const fits = (kernel: Kernel): boolean => Number.isFinite(predictSeconds(gemm, packed, kernel, shape, gpu, elementType));
  let best: Kernel | undefined;
  let least = Infinity;
  for (const kernel of candidates({...shape, granularity, m: gemm.m, k, fits})) {
    if (refuseKernel(kernel, shape)) continue;
    const seconds = predictSeconds(gemm, packed, kernel, shape, gpu, elementType);
    if (seconds < least) {
      least = seconds;
      best = kernel;
    }
  }
  if (!best)
    throw new Error(
      `no kernel of the library fits this GPU for ${gemm.name} (${gemm.m}×${gemm.n}×${gemm.k}${shape.vector ? `, ${packing(shape.vector)}` : ''})`,
    );
  return best;
}
