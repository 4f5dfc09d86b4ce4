import test from 'ava';
import {pack} from '../packing/pack.ts';
import {patterns} from '../pattern/index.ts';
import {seededWeights} from '../pattern/weights.ts';
import type {Activations} from '../trace/kernel.ts';
import type {Trace} from '../trace/trace.ts';
import {traceOf} from '../trace/trace-of.ts';
import type {Run} from './run.ts';
import {a100, playOn} from './microbench/machine.ts';
import {sectorsRead} from './microbench/sectors.ts';

const gpu = a100();

interface Small {
  readonly type: string;
  readonly values?: Record<string, number>;
  readonly shape?: readonly [number, number, number];
  readonly splitK?: number;
  readonly activations?: Activations;
}

/** The trace of a small GEMM. */
function gemm({type, values = {}, shape: [m, n, k] = [256, 256, 512], splitK = 1, activations = 'm-contiguous'}: Small): Trace {
  const pattern = patterns[type]!;
  const problem = {name: type, m, n, k, count: 1};
  const mask = pattern.prune(problem, () => seededWeights(problem, 1, type), values);
  const kernel = {tile: [64, 64, 64], warps: [2, 2], stages: 3, splitK, swizzle: 1, raster: 'tokens' as const, indexAhead: 1};
  return traceOf(problem, pack(mask, {elementBytes: 2, index: pattern.index(values)}), kernel, activations);
}

const small: Readonly<Record<string, Small>> = {
  dense: {type: 'dense'},
  'dense, K contiguous': {type: 'dense', activations: 'k-contiguous'},
  'dense, split over K': {type: 'dense', splitK: 2},
  'dense, with ragged edges': {type: 'dense', shape: [200, 136, 320]},
  '2:4': {type: 'vw', values: {n: 2, m: 4}},
  TW: {type: 'tw', values: {sparsity: 0.75, granularity: 64}},
  TVW: {type: 'tvw', values: {sparsity: 0.75, granularity: 64}},
};

const requestedBy = (run: Run): number => Object.values(run.requested).reduce((a, b) => a + b, 0);

for (const [name, point] of Object.entries(small)) {
  const trace = gemm(point);
  const cold = playOn(gpu, trace);
  const warm = playOn(gpu, trace, {l2: 'warm'});

  test(`${name}: the reasons of every SM’s ledger add up to its cycles`, (t) => {
    for (const run of [cold, warm]) {
      for (const row of run.ledger) {
        t.is(
          row.reduce((a, b) => a + b, 0),
          run.cycles * gpu.sm.subcores,
        );
      }
    }
  });

  test(`${name}: what SMs ask for arrives, in whole sectors, once`, (t) => {
    // Only what L1 keeps, the row and column numbers, can be asked for more often than it arrives.
    const throughL1 = cold.requested.index + cold.requested.scatter + cold.requested.partial;
    t.true(cold.sectorsToL1 * 32 >= requestedBy(cold) - throughL1);
    if (throughL1 === 0) t.is(cold.sectorsToL1, cold.l2.read);
    t.is(requestedBy(warm), requestedBy(cold));
  });

  test(`${name}: from an empty L2, DRAM reads every sector that is missed, once; into a warm one, none`, (t) => {
    t.is(cold.dram.read, sectorsRead(trace) * 32);
    t.is(warm.dram.read, 0);
  });

  test(`${name}: a probe that watches changes nothing`, (t) => {
    let seen = 0;
    const watch = () => seen++;
    t.deepEqual(playOn(gpu, trace, {probes: [{started: watch, ended: watch}]}), cold);
    t.is(seen, 2 * trace.launches.reduce((sum, l) => sum + l.grid.ctas, 0));
  });
}

test('what DRAM has at hand is not read from it, and comes no later', (t) => {
  const trace = gemm(small['TVW']!);
  const [read, had] = [playOn(gpu, trace), playOn(gpu, trace, {atHand: () => true})];
  t.true(read.dram.read > 0);
  t.is(had.dram.read, 0);
  t.true(had.cycles < read.cycles);
  t.deepEqual([had.requested, had.l2.read], [read.requested, read.l2.read]);
});

test('the same trace takes the same cycles and events again', (t) => {
  const trace = gemm(small['TVW']!);
  t.deepEqual(playOn(gpu, trace), playOn(gpu, trace));
});

test('a dense GEMM whose sides are whole tiles arrives to the byte', (t) => {
  const run = playOn(gpu, gemm(small['dense']!));
  // Every one of 4 × 4 CTAs reads 64 rows of both operands.
  const bytes = 4 * 4 * 2 * 64 * 512 * 2;
  t.is(requestedBy(run), bytes);
  t.is(run.sectorsToL1 * 32, bytes);
  t.is(run.dram.read, 2 * 256 * 512 * 2);
});
