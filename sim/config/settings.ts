import {choice, count, fraction, list, text, type Values} from './parameter.ts';

/** Element types of both operands. */
export const dtypes = ['fp16', 'fp16-acc16', 'bf16', 'int8', 'tf32'] as const;

/** See design §7. */
export const fidelities = ['bound', 'sampled', 'detailed', 'reference'] as const;
export type Fidelity = (typeof fidelities)[number];

/** How a point is run, whatever its GPU, workload, pattern and kernel are. */
export const settings = {
  dtype: choice(dtypes, 'type of the elements; sums are kept in fp32, those of fp16-acc16 in fp16, those of int8 in int32'),
  fidelity: choice(
    fidelities,
    'bound: closed form, a lower bound; sampled: tile by tile with one SM in detail, and a stated error, small problems whole; detailed: every CTA; reference: one event per hop, the oracle',
    {default: 'detailed'},
  ),
  launch: choice(
    ['fused', 'batched', 'streams'],
    'fused: one kernel for all tiles; batched: of TW, TEW and TVW one after another, a kernel for tiles of equally many K tiles; streams: a kernel a tile, one launch gap apart, side by side (SC20)',
    {default: 'fused'},
  ),
  activations: choice(['m-contiguous', 'k-contiguous'], 'layout of A; with M contiguous a pruned k is a line never asked for', {
    default: 'm-contiguous',
  }),
  l2: choice(['warm', 'cold'], 'warm: as the same kernel before it left it, which is how libraries are timed', {default: 'warm'}),
  ranking: choice(['layer', 'global'], 'layer: each GEMM loses the same share; global: those of a network are ranked together, as the paper does', {
    default: 'layer',
  }),
  protect: list(text('the name of a GEMM'), 'GEMMs that are not pruned, and run dense', {default: []}),
  stages: list(fraction('a sparsity'), 'sparsities to be pruned to one after another before the pattern’s own', {default: []}),
  seed: count('of the weights that pruning looks at', {min: 0, default: 1}),
};

export type Settings = Values<typeof settings>;
