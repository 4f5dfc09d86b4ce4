import test from 'ava';
import fc from 'fast-check';
import {play} from '../gpu/gpu.ts';
import {a100} from '../gpu/microbench/machine.ts';
import {bound} from '../oracle/bound.ts';
import {execute} from '../oracle/execute.ts';
import {referenceGemm} from '../oracle/reference-gemm.ts';
import {unpack} from '../packing/unpack.ts';
import {loadedBytes} from './accesses.ts';
import {made, twoByTwo, type Made} from './given.ts';
import {type Kernel} from './kernel.ts';
import {refuseKernel} from './refusals.ts';
import {spmmKernel} from './library.ts';
import type {Op} from './op.ts';
import type {Trace} from './trace.ts';

const share = fc.double({min: 0, max: 0.99, noNaN: true});
const named = fc.oneof(
  share.map((sparsity) => ({type: 'ew', values: {sparsity}})),
  fc
    .integer({min: 2, max: 32})
    .chain((m) => fc.integer({min: 1, max: m - 1}).map((n) => ({type: 'vw', values: {n, m}})))
    .filter(({values}) => values.n !== 2 || values.m !== 4),
);
const anyKernel: fc.Arbitrary<Kernel> = fc
  .record({
    each: fc.constantFrom([64, 1], [128, 1], [256, 1], [64, 4]) as fc.Arbitrary<[number, number]>,
    across: fc.integer({min: 1, max: 4}),
    indexAhead: fc.constantFrom(0, 1),
  })
  .map(({each: [tokens, columns], across, indexAhead}) => ({
    ...spmmKernel(512),
    tile: [tokens * across, columns, 32],
    warps: [across, 1],
    indexAhead,
  }));
const extent = fc.oneof(fc.integer({min: 1, max: 9}), fc.integer({min: 10, max: 160}));
const anySparse = fc.record({m: extent, n: fc.integer({min: 1, max: 60}), k: extent, pattern: named, kernel: anyKernel, seed: fc.nat(100)});

const differences = (given: Made): number => {
  const expected = referenceGemm(given.gemm, given.a, unpack(given.packed, given.contents));
  return execute(given, given.trace).reduce((count, value, i) => count + (value === expected[i] ? 0 : 1), 0);
};

test('whatever the shape, weights named one by one give the product of the unpacked matrices', (t) => {
  fc.assert(
    fc.property(anySparse, (choice) => t.is(differences(made(choice)), 0)),
    {numRuns: 40},
  );
});

test('TEW’s second kernel adds what it brought back to what the tiles gave, in pruned columns too', (t) => {
  const values = fc.record({sparsity: fc.double({min: 0, max: 0.8, noNaN: true}), delta: fc.double({min: 0, max: 0.19, noNaN: true})});
  fc.assert(
    fc.property(extent, fc.integer({min: 1, max: 150}), extent, values, fc.integer({min: 1, max: 2}), (m, n, k, shares, splitK) => {
      const given = made({m, n, k, pattern: {type: 'tew', values: {...shares, granularity: 64}}, kernel: {...twoByTwo, splitK}});
      t.is(differences(given), 0);
    }),
    {numRuns: 15},
  );
});

test('an activation row is asked for once a kept weight, weights and their names once by each warp of a token block', (t) => {
  fc.assert(
    fc.property(anySparse, (choice) => {
      const {trace, packed, gemm, kernel} = made(choice);
      const elements = packed.elements!;
      const kept = elements.rows.length;
      const [tokens] = kernel.tile as [number];
      const notEmpty = elements.start.reduce((sum, end, i) => sum + (i > 0 && end > elements.start[i - 1]! ? 1 : 0), 0);
      const blocks = Math.ceil(gemm.m / tokens) * kernel.warps[0]!;
      const loaded = loadedBytes(trace);
      t.is(loaded.activation, kept * gemm.m * 2);
      t.is(loaded.weight, blocks * kept * 2);
      t.is(loaded.index, elements.vector ? 0 : blocks * kept * 4);
      t.is(loaded.metadata, blocks * gemm.n * elements.wordsPerColumn * 4);
      // A column that is empty is begun by a warp that takes it with others.
      if (kernel.tile[1] === 1) t.is(loaded.pointer, elements.vector ? 0 : blocks * notEmpty * 8);
    }),
    {numRuns: 25},
  );
});

/** The first kernel with some of its operations changed or dropped. */
function changed(trace: Trace, change: (op: Op) => readonly Op[]): Trace {
  const [main, ...rest] = trace.launches;
  const programs = main!.programs.map(({ops, body, epilogue}) => {
    const parts = [ops.slice(0, body), ops.slice(body, epilogue), ops.slice(epilogue)].map((part) => part.flatMap(change));
    return {ops: parts.flat(), body: parts[0]!.length, epilogue: parts[0]!.length + parts[1]!.length};
  });
  return {...trace, launches: [{...main!, programs}, ...rest]};
}

const faults: readonly (readonly [title: string, message: RegExp, change: (op: Op) => readonly Op[]])[] = [
  ['that multiplies before its activations have come', /activations R\d without waiting/, (op) => [op.op === 'FFMA' ? {...op, wait: 0} : op]],
  [
    'that gathers before its row numbers have come',
    /row number \d+ without waiting/,
    (op) => [op.op === 'ALU' && op.wait === 1 ? {...op, wait: 0} : op],
  ],
  ['that leaves out a multiplication', /^$/, (op) => (op.op === 'FFMA' && op.element === 3 ? [] : [op])],
];

for (const [title, message, change] of faults) {
  test(`a kernel ${title} is found out`, (t) => {
    const given = made({m: 100, n: 5, k: 300, pattern: {type: 'ew', values: {sparsity: 0.5}}, kernel: spmmKernel(100)});
    const faulty = {...given, trace: changed(given.trace, change)};
    if (message.source === '^$') t.true(differences(faulty) > 0);
    else t.throws(() => differences(faulty), {message});
  });
}

test('no play is faster than the bound, and both count the same work', (t) => {
  const gpu = a100();
  for (const pattern of [
    {type: 'ew', values: {sparsity: 0.8}},
    {type: 'vw', values: {n: 2, m: 8}},
    {type: 'tew', values: {sparsity: 0.7, delta: 0.05, granularity: 64}},
  ]) {
    const {trace} = made({m: 500, n: 200, k: 300, pattern, kernel: pattern.type === 'tew' ? twoByTwo : spmmKernel(500)});
    const least = bound(trace, gpu, 'f16', 'warm');
    const run = play(trace, gpu, {elementType: 'f16', l2: 'warm'});
    t.true(least.cycles <= run.cycles);
    for (const same of ['launches', 'instructions', 'mmas', 'requested', 'stored'] as const) t.deepEqual(least[same], run[same], same);
  }
});

test('a tile for tensor cores is refused, and K-contiguous activations are', (t) => {
  const shape = {
    elementBytes: 2,
    index: {rows: 0, columns: false},
    activations: 'm-contiguous',
    cores: 'cuda',
    launching: 'fused',
    copies: 'async',
  } as const;
  t.is(refuseKernel(spmmKernel(512), shape), undefined);
  t.regex(refuseKernel(twoByTwo, shape)!.message, /one output column a CTA/);
  t.regex(refuseKernel({...spmmKernel(64), tile: [96, 1, 32]}, shape)!.message, /each takes 64, 128 or 256/);
  t.is(refuseKernel({...spmmKernel(64), tile: [64, 4, 32], warps: [1, 1]}, shape), undefined);
  t.regex(refuseKernel({...spmmKernel(64), tile: [128, 4, 32], warps: [1, 1]}, shape)!.message, /takes 4 columns takes 64/);
  t.regex(refuseKernel(spmmKernel(64), {...shape, activations: 'k-contiguous'})!.message, /need activations: m-contiguous/);
});

const sputnik = {...spmmKernel(64), tile: [64, 4, 32], warps: [1, 1]};

test('a warp that takes four columns works out the address of four rows at a time, and has four times as many on their way', (t) => {
  const loop = (kernel: Kernel) => {
    const {trace} = made({m: 64, n: 8, k: 256, pattern: {type: 'ew', values: {sparsity: 0.5}}, kernel});
    const {ops, body, epilogue} = trace.launches[0]!.programs[0]!;
    return ops.slice(body, epilogue);
  };
  const [one, four] = [loop({...sputnik, tile: [64, 1, 32]}), loop(sputnik)];
  const integers = (ops: readonly Op[]) => ops.reduce((sum, op) => sum + (op.op === 'ALU' ? op.count : 0), 0);
  const multiplies = (ops: readonly Op[]) => ops.reduce((sum, op) => sum + (op.op === 'FFMA' ? op.count : 0), 0);
  const beforeFirst = (ops: readonly Op[]) =>
    ops
      .slice(
        0,
        ops.findIndex(({op}) => op === 'FFMA'),
      )
      .filter((op) => op.op === 'LDG' && op.bytes === 128);
  t.is(integers(four), integers(one)); // for four times the weights
  t.is(multiplies(four), 4 * multiplies(one));
  t.is(beforeFirst(four).length, 4 * beforeFirst(one).length);
});

test('the columns of a warp are as long as each other: all are taken by their length', (t) => {
  const {trace, packed} = made({m: 64, n: 64, k: 300, pattern: {type: 'ew', values: {sparsity: 0.8}}, kernel: sputnik});
  const {operands, grid} = trace.launches[0]!;
  const activations = operands.flatMap(({name}, o) => (name === 'activation' ? [o] : []));
  const counts = Array.from({length: grid.ctas}, (_, cta) => activations.map((o) => grid.rows[o * grid.ctas + cta]!)).flat();
  const lengths = Array.from({length: 64}, (_, n) => packed.elements!.start[n + 1]! - packed.elements!.start[n]!);
  t.deepEqual(
    counts,
    lengths.sort((a, b) => b - a),
  );
});
