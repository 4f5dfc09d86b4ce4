import {cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {hostname, tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {experiment, read} from '../config/given.ts';
import {pointDigest} from '../point.ts';
import {simulate} from '../simulate.ts';
import {encodeEntry} from './entry.ts';
import {openStore} from './results.ts';
import type {Store} from './store.ts';
import {simulatorVersion} from './version.ts';

const {points} = read({'e.yaml': experiment({fidelity: 'bound', sweep: '{seed: [1, 2]}'})});
const [first, second] = points.map((point) => simulate(point));

const put = (store: Store, i: number) =>
  store.write(store.keyOf(points[i]!), encodeEntry(pointDigest(points[i]!), store.version, [first, second][i]!));

function given(t: ExecutionContext, version = 'v1'): Store {
  const folder = mkdtempSync(join(tmpdir(), 'tvwsim-'));
  t.teardown(() => rmSync(folder, {recursive: true}));
  return openStore(join(folder, 'o'), version);
}
const files = (store: Store) =>
  readdirSync(store.directory, {recursive: true, encoding: 'utf8'}).filter((file) => file.endsWith('.json') || file.endsWith('.tmp'));

test('a result that was written is read as it was', async (t) => {
  const store = given(t);
  const key = store.keyOf(points[0]!);
  t.false(store.has(key));
  t.is(store.read(key), undefined);
  await put(store, 0);
  t.is(store.read(key), JSON.stringify(first));
  t.deepEqual(files(store), [`points/${key.name.slice(0, 2)}/${key.name.slice(2)}.json`]);
});

test('a file is the result itself, which any reader of JSON opens', async (t) => {
  const store = given(t);
  await put(store, 0);
  t.like(JSON.parse(readFileSync(join(store.directory, files(store)[0]!), 'utf8')), {digest: first!.digest, time_us: first!.time_us});
});

test('another point, and another version of the simulator, have another place', async (t) => {
  const store = given(t);
  const later = openStore(store.directory, 'v2');
  await put(store, 0);
  t.false(store.has(store.keyOf(points[1]!)));
  t.false(later.has(later.keyOf(points[0]!)));
});

test('stores become one by being copied together', async (t) => {
  const [one, other] = [given(t), given(t)];
  await put(one, 0);
  await put(other, 1);
  cpSync(other.directory, one.directory, {recursive: true});
  t.deepEqual(
    points.map((point) => one.read(one.keyOf(point))),
    [JSON.stringify(first), JSON.stringify(second)],
  );
});

const damages: {readonly [title: string]: (text: string) => string} = {
  'cut short': (text) => text.slice(0, 1000),
  empty: () => '',
  'without its end of line': (text) => text.trimEnd(),
  'with one digit changed': (text) => text.replace(/"cycles":(\d)/, (_, digit) => `"cycles":${(Number(digit) + 1) % 10}`),
  'that is of another point': (text) => text.replace(/"point":"../, '"point":"zz'),
};
for (const [title, damage] of Object.entries(damages)) {
  test(`an entry ${title} is set aside, and is not there any more`, async (t) => {
    const store = given(t);
    const key = store.keyOf(points[0]!);
    await put(store, 0);
    const file = join(store.directory, files(store)[0]!);
    const text = damage(readFileSync(file, 'utf8'));
    writeFileSync(file, text);
    t.is(store.read(key), undefined);
    t.false(store.has(key));
    t.is(readFileSync(join(store.directory, 'damaged', `${key.name}.json`), 'utf8'), text);
  });
}

test('what a process that is no more left half written is taken away, what another machine writes is not', (t) => {
  const {directory} = given(t);
  const unfinished = join(directory, 'points', 'unfinished');
  const [dead, here, elsewhere] = [`${hostname()}-999999999-0.tmp`, `${hostname()}-${process.pid}-0.tmp`, 'elsewhere-999999999-0.tmp'];
  for (const name of [dead, here, elsewhere]) writeFileSync(join(unfinished, name), '{');
  openStore(directory, 'v1');
  t.deepEqual(readdirSync(unfinished).sort(), [here, elsewhere].sort());
});

test('a result that cannot be written leaves nothing behind', async (t) => {
  const store = given(t);
  const key = store.keyOf(points[0]!);
  mkdirSync(join(store.directory, 'points', key.name.slice(0, 2), `${key.name.slice(2)}.json`), {recursive: true});
  await t.throwsAsync(put(store, 0), {code: 'EISDIR'});
  t.deepEqual(readdirSync(join(store.directory, 'points', 'unfinished')), []);
});

test('why a point failed is told until it is forgiven', async (t) => {
  const store = given(t);
  const key = store.keyOf(points[0]!);
  await store.fail(key, {point: 'ffn', reason: 'too large'});
  t.deepEqual(store.failure(key), {point: 'ffn', reason: 'too large'});
  store.forgive(key);
  t.is(store.failure(key), undefined);
});

test('a trace file counts by what is in it', (t) => {
  const store = given(t);
  const trace = join(store.directory, 'a.tvt');
  const point = {...points[0]!, workload: {trace}};
  writeFileSync(trace, 'one');
  const before = store.keyOf(point).name;
  writeFileSync(trace, 'two');
  t.not(store.keyOf(point).name, before);
});

test('a result that is compared with another measurement is another result', (t) => {
  const store = given(t);
  t.not(store.keyOf({...points[0]!, measured_us: 12}).name, store.keyOf(points[0]!).name);
});

test('the version names the code that simulates, whoever runs it', (t) => {
  t.regex(simulatorVersion(), /^\d+\.\d+\.\d+\+[0-9a-f]{12}$/);
  t.is(simulatorVersion(), simulatorVersion());
  t.true(existsSync(new URL('../simulate.js', import.meta.url)));
});
