import {mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {experiment, read} from '../config/given.ts';
import type {Point} from '../point.ts';
import {simulate} from '../simulate.ts';
import type {Result} from '../stats/result.ts';
import {Claims} from './claims.ts';
import {cost} from './cost.ts';
import {simulateAll, StorageFailure, type Batch} from './engine.ts';
import {openPool} from './pool.ts';
import {openStore} from './results.ts';
import {Store} from './store.ts';

const {points} = read({
  'e.yaml': experiment({
    workload: '[{name: small, m: 64, n: 64, k: 64}, {name: large, m: 128, n: 128, k: 128}]',
    patterns: '[{type: dense}, {type: vw}, {type: tvw, sparsity: 0.75}]',
  }),
});

function given(t: ExecutionContext): Store {
  const folder = mkdtempSync(join(tmpdir(), 'tvwsim-'));
  t.teardown(() => rmSync(folder, {recursive: true}));
  return openStore(join(folder, 'o'), 'v1');
}
const errandsOf = (store: Store, of: readonly Point[]) => of.map((point) => ({point, key: store.keyOf(point), store}));
const resultOf = (store: Store, point: Point) => JSON.parse(store.read(store.keyOf(point)) ?? 'null') as Result | null;

const kernelOf = () => ({warps: [4, 2], splitK: 1, swizzle: 1, raster: 'tokens', indexAhead: 1});

async function run(store: Store, of: readonly Point[], batch: Batch & {readonly memory?: number} = {}) {
  const pool = openPool(1, batch.memory);
  try {
    return await simulateAll(pool, errandsOf(store, of), batch);
  } finally {
    await pool.close();
  }
}

test('what is pruned costs no time to simulate', (t) => {
  const [dense, half, quarter, larger] = points.map(cost);
  t.deepEqual([half! / dense!, quarter! / dense!, larger! / dense!], [0.5, 0.25, 8]);
});

test('the longest is begun first, and every result is that of its point', async (t) => {
  const store = given(t);
  const ended: number[] = [];
  await run(store, points, {settled: (index) => ended.push(index)});
  t.deepEqual(ended, [3, 4, 5, 0, 1, 2]);
  t.deepEqual(
    points.map((point) => resultOf(store, point)?.digest),
    points.map((point) => simulate(point).digest),
  );
});

test('two runs on one directory simulate each point once between them, and both have all', async (t) => {
  const store = given(t);
  const all = await Promise.all([run(store, points), run(store, points)]);
  const simulated = all.map((outcomes) => outcomes.filter((outcome) => outcome && 'wall' in outcome).length);
  t.is(simulated[0]! + simulated[1]!, points.length);
  for (const outcomes of all) t.true(outcomes.every((outcome) => outcome && !('reason' in outcome)));
});

test('a point that fails in another run fails here with its reason, and is not tried again', async (t) => {
  const store = given(t);
  const broken = points.map((point) => ({...point, kernel: {...kernelOf(), stages: 8, tile: [256, 256, 64]}}) as Point).slice(0, 1);
  const [first, second] = await Promise.all([run(store, broken), run(store, broken)]);
  t.true(first[0] && 'reason' in first[0]);
  t.deepEqual(first, second);
});

test('a point that a run died over comes last: it may have been too large for the machine', async (t) => {
  const store = given(t);
  const dead = new Claims(store.directory);
  dead.take(store.keyOf(points[3]!).name);
  const ended: number[] = [];
  const settled = (index: number) => {
    ended.push(index);
    if (ended.length === points.length - 1) dead.close();
  };
  await run(store, points, {settled});
  t.deepEqual(ended, [4, 5, 0, 1, 2, 3]);
});

test('a point that cannot be run fails with its reason, and the others end', async (t) => {
  const store = given(t);
  const pool = openPool(1);
  const errands = errandsOf(store, points.slice(0, 2)).map((errand, i) => (i === 0 ? {...errand, unfit: 'too large'} : errand));
  const outcomes = await simulateAll(pool, errands);
  await pool.close();
  t.deepEqual(outcomes[0], {reason: 'too large'});
  t.is(store.failure(errands[0]!.key)?.reason, 'too large');
  t.true(outcomes[1] && 'wall' in outcomes[1]);
});

test('what is there is found, and not simulated again', async (t) => {
  const store = given(t);
  await run(store, points.slice(0, 2));
  const outcomes = await run(store, points.slice(0, 3));
  t.deepEqual(
    outcomes.map((outcome) => outcome && 'found' in outcome),
    [true, true, false],
  );
});

test('a point that cannot be simulated has a reason, until it can be, and holds up no other', async (t) => {
  const store = given(t);
  const {gpu} = points[0]!;
  const cramped = {...points[0]!, gpu: {...gpu, values: {...gpu.values, sm: {...gpu.values.sm, sharedMemoryPerCta: 1024}}}};
  const [failed, done] = await run(store, [cramped, points[0]!]);
  t.regex(failed && 'reason' in failed ? failed.reason : '', /^no kernel of the library fits this GPU/);
  t.true(done && 'wall' in done);
  t.regex(store.failure(store.keyOf(cramped))!.reason, /^no kernel/);
});

test('a point that takes too long is ended, and the worker goes on with the next', async (t) => {
  const endless = {...points[0]!, workload: {name: 'endless', m: 16384, n: 16384, k: 16384, count: 1}};
  const [failed, done] = await run(given(t), [endless, points[0]!], {timeout: 5});
  t.deepEqual([failed, done && 'wall' in done], [{reason: 'took longer than the 5 s that --timeout allows'}, true]);
});

test('a worker out of memory fails its point, and another one goes on with the next', async (t) => {
  const huge = {...points[0]!, workload: {name: 'huge', m: 65536, n: 8192, k: 64, count: 1}};
  const [failed, done] = await run(given(t), [huge, points[0]!], {memory: 24});
  t.deepEqual(failed, {reason: 'needs more than the 24 MiB that each worker may take; fewer --workers leave more to each, --memory allows more'});
  t.true(done && 'wall' in done);
});

test('a signal ends what is running; what had ended is kept', async (t) => {
  const store = given(t);
  const stop = new AbortController();
  const outcomes = await run(store, points, {signal: stop.signal, settled: () => stop.abort()});
  t.true(outcomes[3] !== undefined);
  t.true(outcomes.includes(undefined), 'the others were not waited for');
  for (const [i, point] of points.entries()) t.is(resultOf(store, point) !== null, outcomes[i] !== undefined);
  t.is(resultOf(store, points[3]!)?.workload, 'large');
});

test('a directory that takes nothing any more ends the run; what it holds can be read', async (t) => {
  const store = given(t);
  await run(store, points.slice(0, 1));
  const {directory, version} = store;
  const inTheWay = new (class extends Store {
    override put = async () => Promise.reject(new Error('EROFS: read-only file system'));
  })(directory, version);
  await t.throwsAsync(run(inTheWay, points.slice(1)), {instanceOf: StorageFailure, message: /a result could not be written: EROFS/});
  t.is(resultOf(store, points[0]!)?.workload, 'small');
  t.false(readdirSync(store.directory).includes('failures'));
});
