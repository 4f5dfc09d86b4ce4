import {packing} from './op.ts';
import {refuseSpmm} from './spmm.ts';
import {
  hasInstruction,
  heldRegisters,
  indexBlock,
  kPerStored,
  loopOf,
  mainLoops,
  mostRegisters,
  multiplyingWarps,
  type Kernel,
  type KernelShape,
} from './kernel.ts';

/** What keeps any kernel from reading operands of this shape, in a sentence; undefined: nothing. */
export function refuseShape({index, activations, elementBytes, vector, cores, copies, indexFree}: KernelShape): string | undefined {
  if (vector && !hasInstruction(vector))
    return `mma.sp multiplies n:m weights where m is 2 or 4 times n, and n 1, 2, 4, 8 or 16; these are ${vector.n}:${vector.m}`;
  if (indexFree && copies === 'registers') return 'a hardware gather is part of cp.async, which this GPU has not';
  if (indexFree && cores !== 'tensor')
    return 'a hardware gather walks the kept rows of a tile; weights kept one by one are named by loads of their own, which it cannot replace';
  if (indexFree && index.rows > 0 && activations === 'k-contiguous')
    return 'a hardware gather copies rows of activations and needs activations: m-contiguous; with K contiguous a kept k is a place in each of M rows';
  if (elementBytes === 4 && vector) return 'the sparse tensor cores take tf32 in 1:2, for which there is no pattern yet';
  if (elementBytes !== 2 && cores !== 'tensor') return `CUDA cores multiply 16-bit elements here; these have ${8 * elementBytes}`;
  if (elementBytes !== 2 && index.rows > 0)
    return `a gather of k needs 16-bit elements, which ldmatrix can transpose; these have ${8 * elementBytes}`;
  if (elementBytes !== 2 && activations === 'm-contiguous')
    return `${8 * elementBytes}-bit elements need activations: k-contiguous; ldmatrix transposes 16-bit elements only`;
  if (cores !== 'tensor' && activations === 'k-contiguous')
    return 'weights named one by one need activations: m-contiguous, where the activations of a k are a row to be loaded; with K contiguous they are 2 B in each of M lines';
  if (index.rows > 0 && activations === 'k-contiguous' && copies === 'registers')
    return 'a gather of k needs activations: m-contiguous on a GPU without cp.async; with K contiguous every pair of k is a load of 4 B to registers';
  if (index.rows === 0 || activations === 'm-contiguous' || !vector) return undefined;
  const groups = vector.m === 4 ? 'fours' : 'groups';
  return `a gather of k for mma.sp needs activations: m-contiguous; of rows with K contiguous the smallest copy, 4 B, brings pairs of k, which break up the ${groups} that ${vector.n}:${vector.m} chose from`;
}

/** What keeps a kernel from being built, as (key, sentence); undefined: nothing. */
export function refuseKernel(kernel: Kernel, shape: KernelShape): {readonly key: string; readonly message: string} | undefined {
  const unreadable = refuseShape(shape);
  if (unreadable) return {key: 'tile', message: unreadable};
  if (shape.cores === 'cuda') return refuseSpmm(kernel);
  const [m, n, k] = kernel.tile as [number, number, number];
  const [wm, wn] = kernel.warps as [number, number];
  const loop = mainLoops[loopOf(kernel, shape)];
  const block = loop.block(shape);
  const atom = loop.blocks * block.k;
  const weightAtom = shape.vector ? 32 : 16;
  if (wm * wn > 16) return {key: 'warps', message: `${wm} × ${wn} warps; a CTA of these kernels has at most 16`};
  const [along, across] = kernel.loop === 'triton' ? multiplyingWarps(kernel) : [wm, wn];
  if (m % (along * 16) !== 0) return {key: 'tile', message: `${m} tokens do not divide into ${wm} warps of a multiple of 16`};
  if (n % (across * weightAtom) !== 0) return {key: 'tile', message: `${n} weights do not divide into ${wn} warps of a multiple of ${weightAtom}`};
  if (k % atom !== 0)
    return {
      key: 'tile',
      message: `k of ${k} is not a multiple of ${atom}, ${loop.blocks > 1 ? `two ${block.what}s` : `one ${block.what}`} of k = ${block.k}`,
    };
  const refused = refuseStages(kernel, shape) ?? (kernel.loop === 'spatha' ? refuseSpatha(kernel, shape) : undefined);
  if (refused) return refused;
  // Of dense and 2:4 kernels what spills is left out of account but in Spatha's; four times the activations do not fit by far.
  const registers = heldRegisters(kernel, shape);
  if (kPerStored(shape.vector) > 2 && registers > mostRegisters)
    return {
      key: 'warps',
      message: `${registers} registers a thread hold a warp’s accumulators and fragments, and a thread has ${mostRegisters}; more warps have less to hold`,
    };
  if (shape.index.rows > 0 && k % shape.index.rows !== 0) return {key: 'tile', message: `k of ${k} is not whole blocks of ${shape.index.rows}`};
  if (kernel.splitK > 1 && shape.launching !== 'fused')
    return {key: 'splitK', message: `split-K needs launch: fused; with ${shape.launching} every tile’s kernel writes its own columns of C`};
  if (kernel.streamK !== undefined) {
    if (shape.launching !== 'fused')
      return {key: 'streamK', message: `stream-K needs launch: fused; with ${shape.launching} every tile’s kernel has its own CTAs`};
    if (kernel.splitK > 1) return {key: 'streamK', message: 'stream-K cuts K where shares end; it goes with splitK: 1'};
    if (kernel.loop === 'triton') return {key: 'streamK', message: 'triton’s loop takes whole rows of blocks'};
  }
  if (kernel.epilogue === 'elements' && shape.index.columns && shape.activations === 'k-contiguous')
    return {
      key: 'epilogue',
      message: 'single elements of scattered columns need activations: m-contiguous, where a pruned column is a row of its own',
    };
  if (kernel.splitK > 1 && shape.index.columns && shape.activations === 'k-contiguous')
    return {key: 'splitK', message: 'partial sums of scattered columns need activations: m-contiguous, where a pruned column is a row of its own'};
  return undefined;
}

/** What keeps Spatha's main loop from being built. */
function refuseSpatha(
  {tile, stages, splitK, streamK}: Kernel,
  {vector, index, activations, copies}: KernelShape,
): {readonly key: string; readonly message: string} | undefined {
  if (copies === 'registers') return {key: 'loop', message: 'spatha copies by cp.async, which this GPU has not'};
  if (packing(vector) !== '2:4') return {key: 'loop', message: `spatha multiplies packed 2:4 weights; these are ${packing(vector)}`};
  if (index.rows > 1 || index.columns || activations === 'k-contiguous')
    return {key: 'loop', message: 'spatha gathers single rows of activations: m-contiguous, and scatters no columns'};
  if (splitK > 1 || streamK !== undefined) return {key: splitK > 1 ? 'splitK' : 'streamK', message: 'spatha does not split K'};
  if (indexBlock % tile[2]! !== 0 || indexBlock / tile[2]! < 2 * stages)
    return {key: 'tile', message: `${stages} stages of k = ${tile[2]} look further ahead than the ${indexBlock} row numbers at hand`};
  return undefined;
}

/** What keeps a loop from having as many stages as a kernel asks for, and Triton's from being built. */
function refuseStages({stages, loop}: Kernel, {vector, index, copies}: KernelShape): {readonly key: string; readonly message: string} | undefined {
  if (loop !== 'triton') return stages > 1 ? undefined : {key: 'stages', message: '1 stage leaves no K tile to be on its way; that is loop: triton'};
  if (copies === 'registers')
    return {key: 'loop', message: 'triton’s fragments are those of ldmatrix and m16n8k16; a GPU without cp.async has the loop of CUTLASS 1.x only'};
  if (stages > 1) return {key: 'stages', message: `${stages} stages; triton has 1 here, with more it is loop: cutlass`};
  if (vector || index.columns) return {key: 'loop', message: 'triton multiplies dense weights or whole blocks of them, and scatters no columns'};
  return undefined;
}
