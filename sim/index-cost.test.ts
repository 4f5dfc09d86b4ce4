import test from 'ava';
import {experiment, read} from './config/given.ts';
import {jobOf} from './job.ts';
import type {Mask} from './pattern/mask.ts';
import {simulateJob} from './simulate.ts';

const kernel = '{tile: [64, 128, 32], warps: [1, 4], stages: 2, raster: weights, loop: spatha}';
const k = 4608;
const point = (gpu: string, m: number) =>
  read({
    'e.yaml': experiment({gpu, workload: `[{name: g, m: 4096, n: 1024, k: ${k}}]`, patterns: `[{type: vnm, v: 128, m: ${m}, rows: any}]`, kernel}),
  }).points[0]!;

/** The first four rows of every window of m, for every tile: what VENOM times without its index, as nobody has to be told. */
const firstFour = (m: number) => (mask: Mask) => ({
  ...mask,
  tiles: mask.tiles.map((tile) => ({...tile, rows: tile.rows.map((_, i) => Math.floor(i / 4) * m + (i % 4))})),
});

// VENOM's ablation (result/ablation1.csv at 32d2fb22) of 1024 × 4608 × 4096 on an RTX 3090: 6.2 and 18.5 % at 128:2:40 and 128:2:100, 3 to 19 % over all.
test('V:N:M’s column index costs 3 to 19 % on an RTX 3090: it is waited for, and tiles that share fewer rows have DRAM bring more', (t) => {
  for (const m of [40, 100]) {
    const named = point('rtx-3090', m);
    const known = point('{extends: rtx-3090, sm: {hardwareGather: index-free}}', m);
    const [with_, without] = [simulateJob(named, jobOf(named)), simulateJob(known, jobOf(known, firstFour(m)))];
    const cost = with_.time_us / without.time_us - 1;
    t.true(cost > 0.03 && cost < 0.19, `128:2:${m}: ${(100 * cost).toFixed(1)} %`);
    t.true(with_.metrics['dram__bytes_read.sum']! > 2 * without.metrics['dram__bytes_read.sum']!);
  }
});
