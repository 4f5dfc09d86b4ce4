import test from 'ava';
import {denseShape, twoByTwo} from './given.ts';
import {issues} from './issue.ts';
import {registersPerThread, type KernelShape} from './kernel.ts';
import {multistage} from './multistage.ts';
import type {Op} from './op.ts';
import type {Program} from './trace.ts';

const dense = denseShape;
const twoOfFour: KernelShape = {...dense, vector: {n: 2, m: 4}};
const tvw: KernelShape = {...twoOfFour, index: {rows: 1, columns: true}};

const first = (shape: KernelShape, changes: Partial<typeof twoByTwo> = {}): Program => multistage({...twoByTwo, ...changes}, shape).programs[0]!;
const loopOf = ({ops, body, epilogue}: Program) => ops.slice(body, epilogue);
const count = (ops: readonly Op[], kind: Op['op']) => ops.filter((op) => op.op === kind).length;

test('all stages but one are on their way before the first MMA', (t) => {
  for (const stages of [2, 3, 4, 5]) {
    const program = first(dense, {stages});
    t.is(count(program.ops.slice(0, program.body), 'COMMIT'), stages - 1);
    t.is(count(program.ops.slice(0, program.body), 'MMA'), 0);
    t.deepEqual([...new Set(loopOf(program).flatMap((op) => (op.op === 'LDGSTS' ? [op.ahead] : [])))], [stages - 1]);
  }
});

test('a K tile of 64 takes every accumulator four MMAs of k = 16, or two MMA.SP of k = 32', (t) => {
  // A warp of 64 × 64 holds 4 × 8 accumulators of 16 × 8.
  t.is(count(loopOf(first(dense)), 'MMA'), 4 * 8 * 4);
  t.is(count(loopOf(first(twoOfFour)), 'MMA'), 4 * 8 * 2);
});

test('2:4 halves the registers filled with weights, and leaves those filled with activations', (t) => {
  const matrices = (shape: KernelShape, operand: number) =>
    loopOf(first(shape)).reduce((sum, op) => sum + (op.op === 'LDSM' && op.operand === operand ? op.down * op.right : 0), 0);
  t.is(matrices(twoOfFour, 1), matrices(dense, 1) / 2);
  t.is(matrices(twoOfFour, 0), matrices(dense, 0));
});

test('one load of metadata serves the MMA.SP of 32 weights', (t) => {
  const ops = loopOf(first(twoOfFour));
  t.is(count(ops, 'LDS'), (2 * 4) / 2);
  const halves = new Set(ops.flatMap((op) => (op.op === 'MMA' ? [`E${op.metadata}.${op.half}`] : [])));
  t.deepEqual([...halves].sort(), ['E0.0', 'E0.1', 'E1.0', 'E1.1', 'E2.0', 'E2.1', 'E3.0', 'E3.1']);
});

test('1:4 fills a quarter of the weight registers, and an MMA.SP of k = 64 takes eight registers of activations', (t) => {
  const quarter: KernelShape = {...dense, vector: {n: 1, m: 4}};
  const loop = (shape: KernelShape) => loopOf(first(shape, {tile: [64, 128, 128]}));
  const matrices = (shape: KernelShape, operand: number) =>
    loop(shape).reduce((sum, op) => sum + (op.op === 'LDSM' && op.operand === operand ? op.down * op.right : 0), 0);
  t.is(matrices(quarter, 1), matrices(dense, 1) / 4);
  t.is(matrices(quarter, 0), matrices(dense, 0));
  t.is(count(loop(quarter), 'MMA'), count(loop(dense), 'MMA') / 4);
});

test('4:8 takes three bits a position: the words of two instructions share one in the middle', (t) => {
  const ops = loopOf(first({...dense, vector: {n: 4, m: 8}}, {tile: [64, 128, 64]}));
  const shifts = new Set(ops.flatMap((op) => (op.op === 'MMA' ? [op.shift ?? 0] : [])));
  t.deepEqual([...shifts], [0, 16]);
  t.deepEqual(
    [...new Set(ops.flatMap((op) => (op.op === 'LDS' ? [op.row] : [])))].toSorted((a, b) => a - b),
    [0, 1, 2],
  );
});

test('a gather by the copy engine loads no index, waits for none, and computes no address', (t) => {
  const [free, straight] = [first({...tvw, indexFree: true}), first(twoOfFour)];
  const plain = (program: Program) => loopOf(program).filter((op) => op.op === 'ALU' || op.op === 'LDG');
  t.deepEqual(plain(free), plain(straight));
  t.is(count(free.ops.slice(0, free.epilogue), 'LDG'), 0);
});

test('the row index is asked for one K tile before the gather it steers, or right before it as in SC20', (t) => {
  const aheads = (indexAhead: number, kind: Op['op']) =>
    loopOf(first(tvw, {indexAhead})).flatMap((op) => (op.op === kind && 'ahead' in op ? [op.ahead] : []));
  t.deepEqual(aheads(1, 'LDG'), [3]);
  t.deepEqual(aheads(0, 'LDG'), [2]);
  t.true([...aheads(0, 'LDGSTS'), ...aheads(1, 'LDGSTS')].every((ahead) => ahead === 2));
});

test('a gathered copy waits for its row numbers, and its address takes an instruction more than a straight one’s', (t) => {
  const alu = (shape: KernelShape) => loopOf(first(shape)).filter((op) => op.op === 'ALU');
  const instructions = (shape: KernelShape) => alu(shape).reduce((sum, op) => sum + op.count, 0);
  t.is(instructions(tvw) - instructions(twoOfFour), count(loopOf(first(tvw)), 'LDGSTS'));
  t.deepEqual([alu(tvw)[0]!.wait, alu(twoOfFour)[0]!.wait], [1 << 2, undefined]);
});

test('copies, fragment loads and arithmetic are spread among the MMAs, at most two between two of them', (t) => {
  const beside = new Set(['LDSM', 'LDS', 'LDGSTS', 'LDG', 'ALU']);
  for (const shape of [dense, twoOfFour, tvw]) {
    const ops = loopOf(first(shape));
    t.false(ops.some((_, i) => ops.slice(i, i + 3).every((op) => beside.has(op.op)) && i + 3 < ops.length));
  }
});

test('three stages of a TVW tile of 128 × 128 × 64 take 75 KiB, as CUTLASS reckons it', (t) => {
  // Paper notes 2.4: packed weights 8 KiB, activations 16 KiB, metadata 1 KiB a stage.
  t.is(multistage(twoByTwo, tvw).sharedMemoryBytes, 3 * (8 + 16 + 1) * 1024);
});

test('the float32 tile of split-K decides shared memory where it is larger than the stages', (t) => {
  const kernel = {...twoByTwo, tile: [128, 128, 32], stages: 2, splitK: 2};
  t.is(multistage(kernel, dense).sharedMemoryBytes, 128 * 128 * 4);
  t.is(multistage({...kernel, splitK: 1}, dense).sharedMemoryBytes, 2 * (128 + 128) * 32 * 2);
});

test('a thread of a 64 × 64 warp holds 128 accumulators and two sets of fragments', (t) => {
  t.is(registersPerThread(twoByTwo, dense), 128 + 2 * (16 + 16) + 36);
  t.true(registersPerThread({...twoByTwo, tile: [256, 256, 64]}, dense) <= 255);
});

test('a loop goes round once a K tile, and what it would load past the last is predicated off', (t) => {
  const program = first(dense);
  const issued = [...issues(program, 2)];
  t.is(issued.length, program.ops.length + loopOf(program).length);
  const copies = issued.filter(({op}) => op.op === 'LDGSTS');
  t.true(copies.every(({tile, on}) => on === tile < 2));
  t.true(copies.some(({on}) => !on));
});

test('a CTA without a K tile goes straight to its epilogue and stores zeros', (t) => {
  const issued = [...issues(first(tvw), 0)];
  t.is(issued.filter(({op}) => op.op === 'MMA').length, 0);
  t.true(issued.filter(({op}) => op.op === 'LDGSTS').every(({on}) => !on));
  t.true(issued.filter(({op}) => op.op === 'STG').every(({on}) => on));
});
