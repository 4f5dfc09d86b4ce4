import test from 'ava';
import {experiment, read} from '../config/given.ts';
import {jobOf} from '../job.ts';
import {Recent} from './recent.ts';
import {simulate} from '../simulate.ts';

test('what was asked for lately is not made again, what was asked for longest ago is', (t) => {
  const made: string[] = [];
  const recent = new Recent<string>(2);
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b'])
    t.is(
      recent.get(key, () => (made.push(key), key)),
      key,
    );
  t.deepEqual(made, ['a', 'b', 'c', 'b']);
});

const patterns = '[{type: tvw, sparsity: 0.75, granularity: 64}, {type: tw, sparsity: 0.75, granularity: 64}]';
const {points} = read({'e.yaml': experiment({patterns, sweep: '{gpu.dram.bandwidth: [1 TB/s, 2 TB/s], seed: [1, 2]}'})});

test('points that differ in the GPU alone share their trace, others do not', (t) => {
  const same = points.filter(({seed, pattern}) => seed === 1 && pattern.type === 'tvw').map((point) => jobOf(point).trace);
  t.is(same[0], same[1]);
  t.is(new Set(points.map((point) => jobOf(point).trace)).size, 8);
});
test('a result is the same whatever was simulated before it', (t) => {
  const digests = new Map(points.map((point) => [point, simulate(point).digest]));
  for (const point of points.toReversed()) t.is(simulate(point).digest, digests.get(point)!);
});
