import test from 'ava';
import fc from 'fast-check';
import {execute} from '../oracle/execute.ts';
import {referenceGemm} from '../oracle/reference-gemm.ts';
import {unpack} from '../packing/unpack.ts';
import {loadedBytes} from './accesses.ts';
import {anyChoice, denseShape, made, twoByTwo} from './given.ts';
import {type Kernel} from './kernel.ts';
import {refuseKernel} from './refusals.ts';
import {segmentsOf} from './stream-k.ts';

const lengths = fc.array(fc.integer({min: 1, max: 40}), {minLength: 1, maxLength: 40});
const shares = fc.integer({min: 1, max: 30});

test('every K tile is multiplied once, and of what is cut every share has as many as any other, give or take one', (t) => {
  fc.assert(
    fc.property(lengths, shares, (steps, count) => {
      const segments = segmentsOf(steps, count);
      steps.forEach((length, tile) => {
        const own = segments.filter((segment) => segment.tile === tile).sort((a, b) => a.first - b.first);
        t.is(own[0]!.first, 0);
        own.forEach(({first, steps: of}, i) => t.is(first + of, own[i + 1]?.first ?? length));
      });
      const cut = steps.slice(steps.length - (steps.length % count)).reduce((a, b) => a + b, 0);
      for (const {steps: of, start} of segments.slice(steps.length - (steps.length % count))) t.true(start + of <= Math.ceil(cut / count));
    }),
  );
});

test('whole waves stay whole; of a tile that is cut the first part adds up, and begins no earlier than those it adds', (t) => {
  t.true(segmentsOf([5, 9, 3, 7], 2).every(({role}) => role === 'whole'));
  fc.assert(
    fc.property(lengths, shares, (steps, count) => {
      const segments = segmentsOf(steps, count);
      segments.forEach(({tile, role, first, peers, place}, at) => {
        const others = segments.filter((other) => other.tile === tile && other.role === 'peer');
        if (role !== 'peer') t.deepEqual([first, peers, role], [0, others.length, others.length > 0 ? 'owner' : 'whole']);
        if (role !== 'owner') return;
        t.true(others.every((other) => segments.indexOf(other) < at && other.start <= segments[at]!.start));
        t.deepEqual(
          others.map((other) => other.place).sort((a, b) => a - b),
          others.map((_, i) => place + i),
        );
      });
    }),
  );
});

test('however the K tiles are shared out, the operations give the product of the unpacked matrices', (t) => {
  for (const copies of ['async', 'registers'] as const)
    fc.assert(
      fc.property(anyChoice(300, copies), fc.integer({min: 1, max: 9}), (choice, streamK) => {
        const given = made({...choice, kernel: {...choice.kernel, splitK: 1, streamK}});
        t.deepEqual([...execute(given, given.trace)], [...referenceGemm(given.gemm, given.a, unpack(given.packed, given.contents))]);
      }),
      {numRuns: 12},
    );
});

test('three tiles for two shares: one is left whole, one is cut, and a tile of float32 sums goes by way of the workspace', (t) => {
  const kernel: Kernel = {...twoByTwo, streamK: 2};
  const {trace} = made({m: 128, n: 384, k: 640, kernel});
  const {grid} = trace.launches[0]!;
  // The first two are a wave; the third is cut in halves.
  t.deepEqual([...grid.steps], [10, 10, 5, 5]);
  t.is(loadedBytes(trace).partial, 128 * 128 * 4);
  t.is(loadedBytes(made({m: 128, n: 256, k: 640, kernel}).trace).partial, 0);
});

test('a split K, tiles launched apart, Spatha’s loop and more parts than are added up are refused', (t) => {
  const refused = (changes: Partial<Kernel>, launching: 'fused' | 'streams' = 'fused') =>
    refuseKernel({...twoByTwo, streamK: 4, ...changes}, {...denseShape, launching})?.message ?? '';
  t.is(refused({}), '');
  t.regex(refused({splitK: 2}), /goes with splitK: 1/);
  t.regex(refused({}, 'streams'), /needs launch: fused/);
  t.throws(() => made({m: 128, n: 128, k: 1280, kernel: {...twoByTwo, streamK: 20}}), {message: /cut a tile into 20 parts; at most 9/});
});
