import test from 'ava';
import {experiment, read} from '../config/given.ts';
import {jobOf} from '../job.ts';
import {simulate} from '../simulate.ts';
import {statisticsOf} from './statistics.ts';

const point = (changes: {readonly [key: string]: string}) => read({'e.yaml': experiment(changes)}).points[0]!;
const tvw = '[{type: tvw, sparsity: 0.75, granularity: 64}]';
const split = '{tile: [64, 64, 64], warps: [2, 2], stages: 3, splitK: 2}';

test('what a trace is said to ask for is what the machine that plays it asks for', (t) => {
  const split2 = point({patterns: tvw, kernel: split});
  const {metrics} = simulate(split2);
  const {launches, padding} = statisticsOf(jobOf(split2));
  const [main, reduction] = launches;
  const issued = launches.flatMap(({operations}) => Object.values(operations)).reduce((sum, count) => sum + count, 0);
  t.is(issued, metrics['sm__inst_executed.sum']!);
  t.is(main!.operations['MMA.SP'], metrics['tvw.mma_issued']!);
  t.is(main!.loads.activation!.bytes, metrics['tvw.activation_bytes']!);
  t.is(main!.loads.weight!.bytes, metrics['tvw.weight_bytes']!);
  t.is(main!.loads.metadata!.bytes, metrics['tvw.metadata_bytes']!);
  t.is(main!.loads.index!.bytes, metrics['tvw.index_bytes']!);
  t.is(main!.loads.scatter!.bytes, metrics['tvw.scatter_index_bytes']!);
  t.is(reduction!.loads.partial!.bytes, metrics['tvw.partial_bytes']!);
  t.is(main!.stores.partial!.bytes + reduction!.stores.output!.bytes, metrics['tvw.global_store_bytes']!);
  t.true(Math.abs(padding - metrics['tvw.padding_ratio']!) < 1e-12);
});

test('rows of activations that fill sectors waste none of them', (t) => {
  const {loads} = statisticsOf(jobOf(point({patterns: tvw, kernel: split}))).launches[0]!;
  t.is(loads.activation!.bytes, loads.activation!.sectors * 32);
});

test('a dense GEMM of whole tiles has no padding', (t) => {
  const {padding, kept, tiles} = statisticsOf(jobOf(point({kernel: split})));
  t.is(padding, 0);
  t.is(kept, 1);
  t.deepEqual(tiles, {count: 1, rows: {min: 256, mean: 256, max: 256}, columns: {min: 256, mean: 256, max: 256}});
});
