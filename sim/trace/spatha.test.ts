import test from 'ava';
import fc from 'fast-check';
import {execute} from '../oracle/execute.ts';
import {referenceGemm} from '../oracle/reference-gemm.ts';
import {unpack} from '../packing/unpack.ts';
import {loadedBytes} from './accesses.ts';
import {made} from './given.ts';
import {registersPerThread, type Kernel, type KernelShape} from './kernel.ts';
import {refuseKernel} from './refusals.ts';

/** Spatha cta=128x64x32 warp=32x64x32: 64 tokens × 128 weights, a warp for every 32 weights. */
const kernel: Kernel = {tile: [64, 128, 32], warps: [1, 4], stages: 2, splitK: 1, swizzle: 1, raster: 'weights', loop: 'spatha', indexAhead: 1};
const vnm = (m: number) => ({type: 'vnm', values: {v: 128, n: 2, m}});
const twoOfFour: {readonly type: string; readonly values: {readonly [parameter: string]: unknown}} = {type: 'vw', values: {n: 2, m: 4}};
const shape: KernelShape = {
  elementBytes: 2,
  vector: {n: 2, m: 4},
  index: {rows: 1, columns: false},
  activations: 'm-contiguous',
  cores: 'tensor',
  launching: 'fused',
  copies: 'async',
};

test('whatever the shape and the stages, the operations of Spatha’s loop give the product of the unpacked matrices', (t) => {
  const extent = fc.integer({min: 1, max: 260});
  fc.assert(
    fc.property(
      extent,
      extent,
      fc.integer({min: 1, max: 3000}),
      fc.integer({min: 2, max: 4}),
      fc.constantFrom(4, 7, 8, 20, 100),
      (m, n, k, stages, of) => {
        const given = made({m, n, k, pattern: of === 4 ? twoOfFour : vnm(of), kernel: {...kernel, stages}});
        t.deepEqual([...execute(given, given.trace)], [...referenceGemm(given.gemm, given.a, unpack(given.packed, given.contents))]);
      },
    ),
    {numRuns: 8},
  );
});

test('the column index is asked for once a CTA, by either loop', (t) => {
  const given = made({m: 64, n: 128, k: 1280, pattern: vnm(10), kernel});
  const perCta = (1280 / 10) * 4 * 4;
  t.is(loadedBytes(given.trace).index, perCta);
  const own = made({m: 64, n: 128, k: 1280, pattern: vnm(10), kernel: {...kernel, tile: [64, 128, 64], loop: 'cutlass'}});
  t.is(loadedBytes(own.trace).index, perCta);
});

test('metadata go to registers: a line a K tile for every 32 weights, and no room in shared memory', (t) => {
  const given = made({m: 64, n: 128, k: 256, pattern: twoOfFour, kernel});
  const {operands, programs, sharedMemoryBytes} = given.trace.launches[0]!;
  const metadata = operands.findIndex(({name}) => name === 'metadata');
  t.is(operands[metadata]!.shared, undefined);
  const loads = programs[0]!.ops.filter((op) => op.op === 'LDG' && op.operand === metadata);
  t.deepEqual(
    loads.map((op) => op.op === 'LDG' && op.rows * op.bytes),
    [128],
  );
  t.is(sharedMemoryBytes, 2 * (64 * 32 + 128 * 16) * 2 + 2 * 512 * 4);
});

test('a warp tile of 128 × 64 has more sums than registers: what is left is loaded and stored every K tile, and the product is right', (t) => {
  const large: Kernel = {...kernel, warps: [1, 1]};
  const given = made({m: 70, n: 130, k: 512, pattern: vnm(8), kernel: large});
  t.deepEqual([...execute(given, given.trace)], [...referenceGemm(given.gemm, given.a, unpack(given.packed, given.contents))]);
  const spilled = 256 + (32 + 4 + 4) + 13 + 38 - 255;
  const accesses = Math.ceil(spilled / 4);
  const {programs, operands} = given.trace.launches[0]!;
  const spills = programs[0]!.ops.filter((op) => (op.op === 'LDG' || op.op === 'STG') && operands[op.operand]!.name === 'spill');
  t.deepEqual([spills.filter(({op}) => op === 'LDG').length, spills.filter(({op}) => op === 'STG').length], [accesses, accesses]);
  t.is(made({m: 64, n: 128, k: 64, pattern: twoOfFour, kernel}).trace.launches[0]!.operands.at(-1)!.name, 'output');
});

test('ptxas gives Spatha’s loop 128 registers with an index and 123 without', (t) => {
  t.is(registersPerThread(kernel, shape), 128);
  t.is(registersPerThread(kernel, {...shape, indexFree: true}), 123);
});

test('with an index a warp has room for one fragment of eight tokens, and reads the next when it is multiplied; without one for three', (t) => {
  const order = (pattern: typeof twoOfFour) => {
    const {body, epilogue, ops} = made({m: 64, n: 128, k: 320, pattern, kernel}).trace.launches[0]!.programs[0]!;
    const letters = ops.slice(body, epilogue).map(({op}) => ({LDSM: 'r', MMA: 'm'})[op as string] ?? '');
    return letters.join('').replace(/^rr/, '');
  };
  t.is(order(vnm(10)), 'rmm'.repeat(8));
  t.is(order(twoOfFour), 'rrrmmmmmm'.repeat(2) + 'rrmmmm');
});

test('dense weights, a split K, a scatter and more stages than the index is ahead of are refused', (t) => {
  const refused = (changes: Partial<Kernel>, other: Partial<KernelShape> = {}) =>
    refuseKernel({...kernel, ...changes}, {...shape, ...other})?.message;
  t.is(refused({}), undefined);
  t.is(refused({}, {vector: undefined}), 'spatha multiplies packed 2:4 weights; these are dense');
  t.is(refused({tile: [64, 128, 64]}, {vector: {n: 1, m: 4}}), 'spatha multiplies packed 2:4 weights; these are 1:4');
  t.is(refused({splitK: 2}), 'spatha does not split K');
  t.regex(refused({}, {index: {rows: 1, columns: true}}) ?? '', /scatters no columns/);
  t.regex(refused({tile: [64, 128, 128], stages: 3}) ?? '', /look further ahead/);
});
