import type {Cores} from '../pattern/pattern.ts';
import type {Index, Vector} from '../pattern/mask.ts';
import {kPerStored, type Copies, type Kernel} from './kernel.ts';

/** A kernel, and those that take its place, each where what stands before it finds too little shared memory (99 KiB a CTA from 8.6 on). */
type Shipped = readonly Kernel[];

/** CTA tiles walked side by side on large grids; cuBLAS swizzles its dense kernels. */
const swizzle = 4;

/**
 * The kernels a vendor's library ships for Ampere's tensor cores, among which it chooses by shape: CTA tiles, warps and stages
 * of CUTLASS's sm80 tensor-op kernels, as their names show them in cuBLAS and cuSPARSELt profiles. k is counted before 2:4, of
 * 16-bit elements; for others it is as many bytes, as CUTLASS ships them.
 */
const ampere: readonly Shipped[] = [
  ship([256, 128, 64], [4, 2], 3),
  ship([128, 256, 64], [2, 4], 3),
  ship([256, 128, 32], [4, 2], 3),
  ship([128, 256, 32], [2, 4], 3),
  ship([128, 128, 32], [2, 2], 5),
  [...ship([128, 128, 64], [2, 2], 4), ...ship([128, 128, 64], [2, 2], 3)],
  [...ship([256, 64, 64], [4, 1], 4), ...ship([256, 64, 32], [4, 1], 4)],
  [...ship([64, 256, 64], [1, 4], 4), ...ship([64, 256, 32], [1, 4], 4)],
  [...ship([128, 64, 64], [2, 2], 6), ...ship([128, 64, 64], [2, 2], 3)],
  [...ship([64, 128, 64], [2, 2], 6), ...ship([64, 128, 64], [2, 2], 3)],
  ship([64, 64, 64], [2, 2], 6),
];

const ampereSparse: readonly Shipped[] = [
  [...ship([128, 256, 64], [2, 4], 3), ...ship([128, 256, 64], [2, 4], 2)],
  [...ship([256, 128, 64], [4, 2], 3), ...ship([256, 128, 64], [4, 2], 2)],
  ship([128, 128, 64], [2, 2], 3),
  ship([64, 128, 64], [2, 2], 4),
  ship([128, 64, 64], [2, 2], 4),
];

/**
 * What cuBLASLt multiplies int8 by, with K contiguous and sums left in int32: one kernel, whatever the size. A profile of an A100 names it
 * (cutlass_80_tensorop_i16832gemm_s8_128x64_128x3_tn_align16: 128 weights × 64 tokens), and published times of 64 to 8192 tokens rise
 * by whole waves of two such CTAs an SM. On Ada profiles name 256x128_64x3; no times are known that would tell them apart.
 */
const ampereBytes: readonly Shipped[] = [ship([64, 128, 64], [2, 2], 3)];

/** Those of CUTLASS's sm70 tensor-op kernels (HMMA.884), and of cuBLAS's volta_…884gemm: two stages, no index is asked for ahead. */
const volta = [
  ship([256, 128, 32], [4, 2], 2, 0),
  ship([128, 256, 32], [2, 4], 2, 0),
  ship([128, 128, 32], [2, 2], 2, 0),
  ship([256, 64, 32], [4, 1], 2, 0),
  ship([64, 256, 32], [1, 4], 2, 0),
  ship([128, 64, 32], [2, 2], 2, 0),
  ship([64, 128, 32], [2, 2], 2, 0),
  ship([64, 64, 32], [2, 2], 2, 0),
];

/** Narrower weight tiles than a library's kernels have, for G and V below 64 columns: the tokens get the rest. */
const narrow = {
  dense: [ship([256, 32, 64], [4, 1], 3), ship([128, 32, 64], [4, 1], 4), ship([64, 32, 64], [4, 1], 4), ship([128, 16, 64], [4, 1], 4)],
  sparse: [ship([256, 32, 64], [4, 1], 3), ship([128, 32, 64], [4, 1], 4), ship([64, 32, 64], [4, 1], 4)],
};

/**
 * For hardware that keeps a quarter: nobody ships these. Twice the k of the 2:4 kernels, so that a K tile still is two instructions;
 * a warp takes half as many tokens, as an instruction wants four registers of activations for one of weights.
 */
const quarter = {
  wide: [ship([128, 128, 128], [4, 2], 3), ship([64, 256, 128], [2, 4], 3), ship([64, 128, 128], [2, 2], 3), ship([128, 64, 128], [4, 1], 3)],
  narrow: [ship([128, 32, 128], [4, 1], 3), ship([64, 32, 128], [2, 1], 4)],
};

/**
 * PyTorch 2.1's block-sparse product of Triton (bsr_dense_mm, _run_dense_rowspace_kernel in torch/sparse/_triton_ops.py), to which the published
 * break-evens belong: a CTA's tile is one block of weights by as many tokens, a block of k at a time; num_stages=1, num_warps=4, which Triton
 * stands two by two, and swizzle2d by GROUP_SIZE_ROW=4, whose CTAs run down the rows of blocks, a few columns of tokens side by side. From
 * 2.2 on stages and warps are looked up for a shape (_triton_ops_meta.py), 3 or 4 and 1 to 4 on an A100: `kernel:` with loop: cutlass.
 */
const blocks = [16, 32, 64].map((block): Shipped => [
  {
    tile: [block, block, block],
    warps: [2, 2],
    stages: 1,
    splitK: 1,
    swizzle,
    raster: 'weights',
    loop: 'triton',
    indexAhead: 0,
  },
]);
/** Triton's older one (triton.ops.blocksparse, dds), whose tiles are longer, for GPUs without cp.async. */
const voltaBlocks = [ship([256, 16, 32], [4, 1], 2, 0), ship([256, 32, 32], [4, 1], 2, 0), ship([128, 64, 32], [2, 2], 2, 0)];

interface Shelf {
  /** By how many k a stored weight stands for; `bytes`: in place of the wide ones where a weight is a byte. */
  readonly tiles: {
    readonly [kPerStored: number]: {readonly wide: readonly Shipped[]; readonly narrow: readonly Shipped[]; readonly bytes?: readonly Shipped[]};
  };
  readonly blocks: readonly Shipped[];
}

/** What is shipped for GPUs that copy K tiles so. */
const shelves: {readonly [C in Copies]: Shelf} = {
  async: {
    tiles: {1: {wide: ampere, narrow: narrow.dense, bytes: ampereBytes}, 2: {wide: ampereSparse, narrow: narrow.sparse}, 4: quarter},
    blocks,
  },
  registers: {
    tiles: {
      1: {
        wide: volta,
        narrow: [
          ship([256, 32, 32], [4, 1], 2, 0),
          ship([128, 32, 32], [4, 1], 2, 0),
          ship([64, 32, 32], [2, 1], 2, 0),
          ship([128, 16, 32], [4, 1], 2, 0),
        ],
      },
    },
    blocks: voltaBlocks,
  },
};
const nothing = {wide: [], narrow: []};
/** Fewer rows named together are no block, but what the smallest copy brings. */
const leastBlock = 8;

/**
 * cuSPARSELt walks 16-bit weights with no swizzle: measured 2:4 times of wide layers (N ≥ 16384) rise as that walk explains. Those of int8
 * do not: they follow the walk of dense kernels, from 512 tokens to 65536.
 */
const unswizzled = {raster: 'weights', swizzle: 1} as const;
/** Nor has it a tile of more tokens: on that walk it would read the weights half as often, and N = 37888 take a sixth less than measured. */
const mostTokens = 128;

/**
 * Split-K factors a library tries where a grid leaves SMs empty. Sums of bytes are not split: cuSPARSELt's best choices for int8 name one
 * split at every published shape, where those for 16-bit types name up to five, and times of 64 tokens by cuBLASLt leave no room for one.
 */
const splits = [1, 2, 3, 4, 5, 6, 8];
const splitsOfBytes = [1];
/** Fewer K tiles than this a split pays for the second kernel nowhere. */
const leastStepsPerSplit = 6;

/** Row-split SpMM on CUDA cores: up to four warps of 128 tokens each, 8 B a lane, as many as there are tokens for. */
export function spmmKernel(m: number): Kernel {
  const warps = Math.min(4, Math.ceil(m / 128));
  return {tile: [128 * warps, 1, 32], warps: [warps, 1], stages: 2, splitK: 1, swizzle: 1, raster: 'weights', indexAhead: 1};
}

interface Choice {
  readonly cores: Cores;
  readonly m: number;
  readonly elementBytes: number;
  readonly vector?: Vector | undefined;
  readonly index: Index;
  readonly granularity: number | undefined;
  readonly k: number;
  readonly copies: Copies;
  /** Whether an SM has room for a CTA of it; without it, a GA100’s is taken for granted. */
  readonly fits?: (kernel: Kernel) => boolean;
}

/**
 * The kernels that could multiply a weight matrix whose tiles hold `granularity` columns (undefined: any), for `m` tokens and
 * at most `k` kept rows.
 */
export function candidates({cores, m: tokens, elementBytes, vector, index, granularity, k, copies, fits = () => true}: Choice): readonly Kernel[] {
  if (cores === 'cuda') return [spmmKernel(tokens)];
  const shelf = shelves[copies];
  if (index.rows >= leastBlock) return shelf.blocks.flat().filter(({tile}) => tile[1] === Math.max(16, granularity ?? 64));
  const firstToFit = (shipped: Shipped): readonly Kernel[] => [shipped.find((kernel) => fits(ofType(kernel, elementBytes))) ?? shipped[0]!];
  const tiles: Shelf['tiles'][number] = shelf.tiles[kPerStored(vector)] ?? nothing;
  const wide = (elementBytes === 1 && tiles.bytes) || tiles.wide;
  const choice = granularity !== undefined && granularity < 64 ? [...tiles.narrow, ...wide] : wide;
  const vendors = vector !== undefined && index.rows === 0;
  const all = choice.flatMap(firstToFit).filter(({tile}) => !vendors || tile[0]! <= mostTokens);
  const shipped = all.filter(({tile}) => granularity === undefined || tile[1]! <= granularity);
  // A tile narrower than any shipped one still gets the narrowest.
  const usable = shipped.length > 0 ? shipped : narrowest(all);
  return usable.flatMap((shipped) => {
    const kernel = ofType(shipped, elementBytes);
    const steps = Math.ceil(k / kernel.tile[2]!);
    return (elementBytes === 1 ? splitsOfBytes : splits)
      .filter((s) => s === 1 || steps / s >= leastStepsPerSplit)
      .map((splitK): Kernel => ({...kernel, splitK, ...(vendors && elementBytes > 1 && unswizzled)}));
  });
}

function ship(tile: [number, number, number], warps: [number, number], stages: number, indexAhead = 1): Shipped {
  return [{tile, warps, stages, splitK: 1, swizzle, raster: 'tokens', indexAhead}];
}

/** The kernel whose K tile has as many bytes of another type. */
function ofType(kernel: Kernel, elementBytes: number): Kernel {
  const [m, n, k16] = kernel.tile as [number, number, number];
  return {...kernel, tile: [m, n, (k16 * 2) / elementBytes]};
}

function narrowest(kernels: readonly Kernel[]): readonly Kernel[] {
  const least = Math.min(...kernels.map(({tile}) => tile[1]!));
  return kernels.filter(({tile}) => tile[1] === least);
}
