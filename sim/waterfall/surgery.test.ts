import test from 'ava';
import {experiment, read} from '../config/given.ts';
import {jobOf} from '../job.ts';
import {loadedBytes} from '../trace/accesses.ts';
import {operationsOf} from '../trace/statistics.ts';
import type {Trace} from '../trace/trace.ts';
import {equalTiles} from './equal-tiles.ts';
import {linesOf} from './lines.ts';
import {pipeTime} from './pipe.ts';
import {firstLaunch, withIndexKnown, withoutControl, withoutCopies, withoutEpilogue, withoutFill, withoutIndex, withoutReads} from './surgery.ts';

const kernel = '{tile: [64, 64, 64], warps: [2, 2], stages: 3}';
const [tvw, split] = [kernel, kernel.replace('}', ', splitK: 2}')].map(
  (written) =>
    read({
      'e.yaml': experiment({
        workload: '[{name: ffn, m: 256, n: 256, k: 512}]',
        patterns: '[{type: tvw, sparsity: 0.75, granularity: 64}]',
        kernel: written,
      }),
    }).points[0]!,
);
const job = jobOf(tvw!);
const {trace} = job;
const before = loadedBytes(trace);
const count = (of: Trace, kind: string): number => of.launches.reduce((sum, launch) => sum + (operationsOf(launch)[kind] ?? 0), 0);

test('without copies of an operand none of it is asked for, all else is, and it is read from shared memory all the same', (t) => {
  const without = withoutCopies(trace, ['metadata']);
  const {metadata, ...others} = loadedBytes(without);
  t.is(metadata, 0);
  t.true(before.metadata > 0);
  t.like({...before, metadata: 0}, {...others, metadata: 0});
  t.is(count(without, 'LDS'), count(trace, 'LDS'));
});

test('without its reads an operand is copied all the same', (t) => {
  const without = withoutReads(trace, ['activation', 'weight', 'metadata']);
  t.true(count(trace, 'LDSM') > 0 && count(trace, 'LDS') > 0);
  t.deepEqual([count(without, 'LDSM'), count(without, 'LDS')], [0, 0]);
  t.deepEqual(loadedBytes(without), before);
});

test('without control nothing is left between multiplications but memory', (t) => {
  const without = withoutControl(trace);
  for (const kind of ['BAR', 'DEPBAR', 'COMMIT', 'ALU']) t.is(count(without, kind), 0, kind);
  t.is(count(without, 'MMA.SP'), count(trace, 'MMA.SP'));
});

test('every line of an operand is its own, and no other operand’s', (t) => {
  const {operands, grid} = trace.launches[0]!;
  const base = (name: string, cta: number) => Math.floor(grid.base[operands.findIndex((o) => o.name === name) * grid.ctas + cta]! / 128);
  for (const name of ['activation', 'weight', 'metadata', 'index'] as const) {
    const mine = linesOf(trace, [name]);
    for (const other of ['activation', 'weight', 'metadata', 'index'])
      for (const cta of [0, grid.ctas - 1]) t.is(mine(base(other, cta)), other === name, `${other} of CTA ${cta} for ${name}`);
  }
});

test('with the index known nobody waits for it, and it is loaded all the same', (t) => {
  const known = withIndexKnown(trace);
  t.deepEqual(loadedBytes(known), before);
  const waits = (of: Trace) => of.launches[0]!.programs[0]!.ops.filter((op) => op.op === 'ALU' && (op.wait ?? 0) > 0).length;
  t.true(waits(trace) > 0);
  t.is(waits(known), 0);
});

test('without an index none is loaded, for rows or for columns, and less is computed', (t) => {
  const without = withoutIndex(trace);
  t.deepEqual([loadedBytes(without).index, loadedBytes(without).scatter], [0, 0]);
  t.is(count(without, 'LDG'), 0);
  t.is(count(without, 'MMA.SP'), count(trace, 'MMA.SP'));
  const arithmetic = (of: Trace) => of.launches[0]!.programs[0]!.ops.reduce((sum, op) => sum + (op.op === 'ALU' ? op.count : 0), 0);
  t.true(arithmetic(without) < arithmetic(trace));
});

test('without an epilogue nothing is stored; without a fill the first K tiles are not copied', (t) => {
  t.is(count(withoutEpilogue(trace), 'STG'), 0);
  const {stages, programs, grid} = trace.launches[0]!;
  const copies = (of: Trace) => count(of, 'LDGSTS');
  const each = programs.reduce((sum, {ops, body}) => sum + ops.slice(0, body).filter((op) => op.op === 'LDGSTS').length, 0);
  t.is(stages, 3);
  t.is(copies(trace) - copies(withoutFill(trace)), each * grid.ctas);
  t.is(count(withoutFill(trace), 'MMA.SP'), count(trace, 'MMA.SP'));
});

test('the first launch of split-K is left when its reduction is gone', (t) => {
  const both = jobOf(split!).trace;
  t.is(both.launches.length, 2);
  t.deepEqual(firstLaunch(both).launches, both.launches.slice(0, 1));
});

test('equal tiles keep as many weights, in rows that ascend', (t) => {
  const equal = jobOf(tvw!, equalTiles);
  t.is(new Set(equal.tiles.map(({rows}) => rows)).size, 1);
  t.true(new Set(job.tiles.map(({rows}) => rows)).size > 1);
  t.true(Math.abs(equal.kept - job.kept) <= job.tiles.reduce((sum, {columns}) => sum + columns, 0));
  const rows = equalTiles({
    k: 8,
    n: 4,
    tiles: [
      {columns: Uint32Array.of(0, 1), rows: Uint32Array.of(0, 5)},
      {columns: Uint32Array.of(2, 3), rows: Uint32Array.of(0, 1, 2, 3, 4, 7)},
    ],
  }).tiles.map((tile) => [...tile.rows]);
  t.deepEqual(
    rows.map((r) => r.length),
    [4, 4],
  );
  for (const of of rows)
    t.deepEqual(
      of,
      [...new Set(of)].toSorted((a, b) => a - b),
    );
});

test('the tensor pipes need the interval for every MMA, and mma.sp about half of the dense MMA’s for a multiply-add', (t) => {
  const gpu = tvw!.gpu.values;
  const pipe = pipeTime(trace, gpu, 'f16')!;
  const mma = gpu.tensorCore.mma.find(({type, sparse, k}) => type === 'f16' && sparse === '2:4' && k === 32)!;
  t.is(pipe.issued, (count(trace, 'MMA.SP') * mma.interval) / (108 * 4));
  t.is((pipe.ofDense(1e6) / pipe.of(1e6)).toFixed(2), '1.97');
});
