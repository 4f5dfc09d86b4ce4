import test from 'ava';
import fc from 'fast-check';
import {unpack} from '../packing/unpack.ts';
import {anyChoice, made, twoByTwo, type Choice, type Made} from '../trace/given.ts';
import type {Kernel} from '../trace/kernel.ts';
import type {Op} from '../trace/op.ts';
import type {Program} from '../trace/trace.ts';
import {execute} from './execute.ts';
import {referenceGemm} from './reference-gemm.ts';

const volta: Kernel = {...twoByTwo, tile: [128, 128, 32], stages: 2, indexAhead: 0};
const tw = {type: 'tw', values: {sparsity: 0.5, granularity: 64, columns: 'pruned'}};

const equals = (given: Made): boolean => {
  const wanted = referenceGemm(given.gemm, given.a, unpack(given.packed, given.contents));
  return execute(given, given.trace).every((value, i) => value === wanted[i]);
};

test('whatever the shape, pattern and kernel, the operations of a double-buffered kernel give the product of the unpacked matrices', (t) => {
  fc.assert(
    fc.property(fc.oneof(anyChoice(300, 'registers'), anyChoice(90, 'registers')), (choice) => t.true(equals(made(choice)))),
    {numRuns: 40},
  );
});

test('with the epilogue of CUTLASS 1.x they do as well, dense and scattered', (t) => {
  for (const pattern of [{type: 'dense', values: {}}, tw]) {
    for (const tile of [
      [128, 128, 32],
      [80, 64, 32],
    ]) {
      const warps = tile[0] === 128 ? [2, 2] : [1, 1];
      const kernel = {...volta, tile, warps, epilogue: 'elements'} as const;
      t.true(equals(made({m: 200, n: 150, k: 100, pattern, kernel, copies: 'registers'})));
    }
  }
});

const faults: readonly (readonly [title: string, message: RegExp, change: (op: Op) => readonly Op[], choice?: Partial<Choice>])[] = [
  ['without its barriers', /can be seen|may still have to read/, (op) => (op.op === 'BAR' ? [] : [op])],
  ['that stores what has not come', /block R\d+ without waiting for it/, (op) => [op.op === 'STAGE' ? {...op, wait: 0} : op]],
  ['that stores another block', /K tile|other data|never loaded/, (op) => [op.op === 'STAGE' ? {...op, from: op.from + 1} : op]],
  ['that gathers before its index has come', /row number \d+ without waiting/, (op) => [op.op === 'ALU' ? {...op, wait: 0} : op], {pattern: tw}],
];
for (const [title, message, change, choice] of faults) {
  test(`a double-buffered kernel ${title} is found out`, (t) => {
    const given = made({m: 130, n: 130, k: 200, kernel: volta, copies: 'registers', ...choice});
    t.true(equals(given));
    const programs = given.trace.launches[0]!.programs.map(({ops, body, epilogue}): Program => {
      const changed = ops.map(change);
      const lengthOf = (end: number) => changed.slice(0, end).flat().length;
      return {ops: changed.flat(), body: lengthOf(body), epilogue: lengthOf(epilogue)};
    });
    const faulty = {...given.trace, launches: [{...given.trace.launches[0]!, programs}]};
    t.throws(() => execute(given, faulty), {message});
  });
}
