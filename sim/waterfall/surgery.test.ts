import test from 'ava';
import {experiment, read} from '../config/given.ts';
import {jobOf} from '../job.ts';
import {loadedBytes} from '../trace/accesses.ts';
import {operationsOf} from '../trace/statistics.ts';
import type {Trace} from '../trace/trace.ts';
import {equalTiles} from './equal-tiles.ts';
import {lineBytes, withMoreActivations, withMoreWeights} from './more-copies.ts';
import {denseRate, multiplying, withMma} from './pipe.ts';
import {firstLaunch, withIndexKnown, withoutEpilogue, withoutFill, withoutIndex, withoutOperands} from './surgery.ts';

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

test('without metadata none are asked for, and everything else is', (t) => {
  const {metadata, ...others} = loadedBytes(withoutOperands(trace, ['metadata']));
  t.is(metadata, 0);
  t.true(before.metadata > 0);
  t.like({...before, metadata: 0}, {...others, metadata: 0});
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

test('activations put back are rows that the tile has pruned, so many a K tile', (t) => {
  const more = withMoreActivations(trace, 8, job.gemm.k)!;
  const {grid, stages} = trace.launches[0]!;
  const late = [...grid.steps].reduce((sum, steps) => sum + Math.max(0, steps - (stages - 1)), 0);
  t.is(loadedBytes(more).activation - before.activation, late * 8 * 64 * 2);
  t.deepEqual({...loadedBytes(more), activation: 0}, {...before, activation: 0});
  const added = more.rowIndex.subarray(trace.rowIndex.length);
  const kept = new Set(trace.rowIndex.subarray(0, job.tiles[0]!.rows));
  t.true(added.every((row) => row < job.gemm.k && !kept.has(row)));
});

test('weights put back are lines of their own', (t) => {
  const more = withMoreWeights(trace, 16);
  const {grid, stages} = trace.launches[0]!;
  const late = [...grid.steps].reduce((sum, steps) => sum + Math.max(0, steps - (stages - 1)), 0);
  t.is(loadedBytes(more).weight - before.weight, late * 16 * lineBytes);
  const {operands, grid: wider} = more.launches[0]!;
  const last = wider.base.subarray((operands.length - 1) * grid.ctas);
  t.true(Math.min(...last) > Math.max(...grid.base));
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

test('a pipe twice as slow takes twice the interval, and the 2:4 MMA skips about every second multiply-add', (t) => {
  const gpu = tvw!.gpu.values;
  const {mma} = multiplying(trace, gpu, 'f16')!;
  const slower = multiplying(trace, withMma(gpu, mma, 2), 'f16')!;
  t.is(slower.mma.interval, 2 * mma.interval);
  t.is(denseRate(mma, gpu, 'f16', 2)!.toFixed(2), '1.97');
});
