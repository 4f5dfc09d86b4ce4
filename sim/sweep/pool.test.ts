import test from 'ava';
import {experiment, read} from '../config/given.ts';
import {cost} from './cost.ts';
import {openPool} from './pool.ts';

const {points} = read({
  'e.yaml': experiment({
    workload: '[{name: small, m: 64, n: 64, k: 64}, {name: large, m: 128, n: 128, k: 128}]',
    patterns: '[{type: dense}, {type: vw}, {type: tvw, sparsity: 0.75}]',
  }),
});

test('what is pruned costs no time to simulate', (t) => {
  const [dense, half, quarter, larger] = points.map(cost);
  t.deepEqual([half! / dense!, quarter! / dense!, larger! / dense!], [0.5, 0.25, 8]);
});

test('the longest is begun first, and outcomes stand in the order of the points', async (t) => {
  const pool = openPool(1);
  const ended: number[] = [];
  const outcomes = await pool.simulate(points, {costs: points.map(cost), settled: (index) => ended.push(index)});
  await pool.close();
  t.deepEqual(ended, [3, 4, 5, 0, 1, 2]);
  t.deepEqual(
    outcomes.map((outcome) => outcome && 'result' in outcome && `${outcome.result.workload} ${outcome.result.pattern.label}`),
    ['small dense', 'small 2:4', 'small TVW 75 %', 'large dense', 'large 2:4', 'large TVW 75 %'],
  );
});

test('a point that cannot be simulated has a reason, and holds up no other', async (t) => {
  const pool = openPool(1);
  const impossible = {...points[0]!, workload: {trace: 'none.tvt'}};
  const [failed, done] = await pool.simulate([impossible, points[0]!]);
  await pool.close();
  t.true(failed && 'reason' in failed && failed.reason.length > 0);
  t.true(done && 'result' in done);
});

test('a signal ends what is running; what had ended is kept', async (t) => {
  const pool = openPool(1);
  const stop = new AbortController();
  const outcomes = await pool.simulate(points, {signal: stop.signal, settled: () => stop.abort()});
  await pool.close();
  t.deepEqual(
    outcomes.map((outcome) => outcome !== undefined),
    [true, false, false, false, false, false],
  );
});
