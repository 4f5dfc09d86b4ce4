import test from 'ava';
import {doubleBuffered} from './double-buffered.ts';
import {denseShape, twoByTwo} from './given.ts';
import {registersPerThread, type Kernel, type KernelShape} from './kernel.ts';
import {registerBytes, type Op} from './op.ts';
import type {Program} from './trace.ts';

const volta: Kernel = {...twoByTwo, tile: [128, 128, 32], stages: 2, indexAhead: 0};
const dense: KernelShape = {...denseShape, copies: 'registers'};
const tileWise: KernelShape = {...dense, index: {rows: 1, columns: true}};

const first = (shape: KernelShape, changes: Partial<Kernel> = {}): Program => doubleBuffered({...volta, ...changes}, shape).programs[0]!;
const loopOf = ({ops, body, epilogue}: Program) => ops.slice(body, epilogue);
const count = (ops: readonly Op[], kind: Op['op']) => ops.filter((op) => op.op === kind).length;

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
