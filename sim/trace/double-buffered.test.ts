import test from 'ava';
import fc from 'fast-check';
import {execute} from '../oracle/execute.ts';
import {referenceGemm} from '../oracle/reference-gemm.ts';
import {unpack} from '../packing/unpack.ts';
import {doubleBuffered} from './double-buffered.ts';
import {anyChoice, made, twoByTwo, type Choice, type Made} from './given.ts';
import {registersPerThread, type Kernel, type KernelShape} from './kernel.ts';
import {registerBytes, type Op} from './op.ts';
import type {Program, Trace} from './trace.ts';

const volta: Kernel = {...twoByTwo, tile: [128, 128, 32], stages: 2, indexAhead: 0};
const dense: KernelShape = {
  elementBytes: 2,
  sparse: false,
  index: {rows: 0, columns: false},
  activations: 'm-contiguous',
  cores: 'tensor',
  launching: 'fused',
  copies: 'registers',
};
const tileWise: KernelShape = {...dense, index: {rows: 1, columns: true}};
const tw = {type: 'tw', values: {sparsity: 0.5, granularity: 64, columns: 'pruned'}};

const first = (shape: KernelShape, changes: Partial<Kernel> = {}): Program => doubleBuffered({...volta, ...changes}, shape).programs[0]!;
const loopOf = ({ops, body, epilogue}: Program) => ops.slice(body, epilogue);
const count = (ops: readonly Op[], kind: Op['op']) => ops.filter((op) => op.op === kind).length;

const equals = (given: Made, trace: Trace = given.trace): boolean => {
  const wanted = referenceGemm(given.gemm, given.a, unpack(given.packed, given.contents));
  return execute(given, trace).every((value, i) => value === wanted[i]);
};

test('whatever the shape, pattern and kernel, its operations give the product of the unpacked matrices', (t) => {
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

test('CUTLASS 1.x writes 128 × 128 results in 32 rounds of two barriers, 64 B an STG, each scattered one after the number of its column', (t) => {
  const after = (shape: KernelShape) => {
    const {ops, epilogue} = first(shape, {epilogue: 'elements'});
    return ops.slice(epilogue);
  };
  const stores = after(dense).filter((op) => op.op === 'STG');
  t.is(count(after(dense), 'BAR'), 2 * 32);
  t.is(stores.length, (128 * 128 * 2) / 64 / 4);
  t.is(count(after(tileWise), 'LDG'), stores.length);
});

test('a K tile of 32 takes a warp of 64 × 64 128 HMMA.884 of 16 × 16 × 4, and fills 16 KiB of its registers, each value twice', (t) => {
  const ops = loopOf(first(dense));
  t.is(count(ops, 'MMA'), (64 * 64 * 32) / (16 * 16 * 4));
  t.is(
    ops.reduce((sum, op) => sum + registerBytes(op), 0),
    2 * (64 + 64) * 32 * 2,
  );
});

test('a K tile goes through registers: as many STS.128 as LDG.128, one barrier, nothing asynchronous', (t) => {
  const ops = loopOf(first(dense));
  t.is(count(ops, 'LDG'), ((128 + 128) * 32 * 2) / 512 / 4);
  t.is(count(ops, 'STAGE'), count(ops, 'LDG'));
  t.is(count(ops, 'BAR'), 1);
  t.deepEqual([count(ops, 'LDGSTS'), count(ops, 'COMMIT'), count(ops, 'DEPBAR')], [0, 0, 0]);
});

test('two stages of 128 × 128 × 32 take 32 KiB, as in SC20’s kernel', (t) => {
  t.is(doubleBuffered(volta, dense).sharedMemoryBytes, 32 * 1024);
});

test('SC20 loads row numbers right before the rows they steer, so a warp waits for them in every K tile', (t) => {
  const ops = loopOf(first(tileWise));
  const load = ops.findIndex((op) => op.op === 'LDG' && op.operand === 2);
  const steered = ops.findIndex((op) => op.op === 'ALU' && op.wait === 1 << 2);
  const gather = ops.findIndex((op) => op.op === 'LDG' && op.operand === 0);
  t.true(load >= 0 && load < steered && steered < gather);
  t.is((ops[load] as {ahead: number}).ahead, 1);
});

test('a thread of a 64 × 64 warp is out of registers, so that two CTAs of four warps share an SM', (t) => {
  t.is(registersPerThread(volta, dense), 255);
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
