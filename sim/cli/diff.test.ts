import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {explanationsOf, fivePatterns} from '../../reports/samples.ts';
import {experiment, inFolder} from '../config/given.ts';
import type {Result} from '../stats/result.ts';

const main = fileURLToPath(new URL('./main.js', import.meta.url));
const tvwsim = (cwd: string, ...args: readonly string[]) => {
  const {status, stdout, stderr} = spawnSync(process.execPath, [main, ...args], {cwd, encoding: 'utf8'});
  return {status, stdout: stdout.replace(/[\u202f\u00a0]/g, ' '), stderr};
};
const jsonl = (values: readonly object[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
const five = fivePatterns();
const slower = (r: Result): Result => ({
  ...r,
  digest: `${r.digest}+`,
  gpu: 'other',
  time_us: r.time_us + 1,
  cycles: r.cycles + 1410,
  ledger: {...r.ledger, barrier: (r.ledger['barrier'] ?? 0) + 2000, idle: (r.ledger['idle'] ?? 0) - 590},
});
const folders = {
  'a/results.jsonl': jsonl(five),
  'a/waterfall.jsonl': jsonl(explanationsOf(five).waterfalls),
  'b/results.jsonl': jsonl(five.map(slower)),
  'c/results.jsonl': jsonl(fivePatterns({m: 256})),
};

test('two directories with the same results are said to be the same', (t) =>
  inFolder(folders, (folder) => {
    const {status, stdout} = tvwsim(folder, 'diff', 'a', 'a');
    t.is(status, 0);
    t.is([...stdout.matchAll(/The same result: digest [0-9a-f]{64}\./g)].length, 5);
  }));

test('what differs is named: the parameter, and the cycles by cause, the largest first', (t) =>
  inFolder(folders, (folder) => {
    const {stdout} = tvwsim(folder, 'diff', 'a#dense', 'b#dense', '--out', 'd.html');
    t.regex(stdout, /gpu +a100-pcie-80gb +other/);
    t.regex(stdout, /barrier +\+2 000 .*\n(.*\n)? *idle +−590/);
    t.regex(stdout, /all +\+1 410 /);
    t.true(existsSync(join(folder, 'd.html')));
    const page = readFileSync(join(folder, 'd.html'), 'utf8');
    t.regex(page, /barrier/);
    t.notRegex(page, /<script|https?:/);
  }));

test('two patterns of one directory can be compared', (t) =>
  inFolder(folders, (folder) => t.regex(tvwsim(folder, 'diff', 'a#dense', 'a#2:4').stdout, /^dense → 2:4\n.*pattern\.type +dense +vw/s)));

test('different work is refused, with the reason', (t) =>
  inFolder(folders, (folder) => {
    const {status, stdout, stderr} = tvwsim(folder, 'diff', 'a', 'c');
    t.deepEqual([status, stdout], [2, '']);
    t.regex(stderr, /^a, c: different work: ffn2 12800×768×3072 and ffn2 256×768×3072; cycles of one say nothing about the other\n$/);
  }));

test('a point that is not there names the nearest', (t) =>
  inFolder(folders, (folder) => t.regex(tvwsim(folder, 'diff', 'a#dens', 'b').stderr, /no point is called "dens"; did you mean "dense"\?/)));

test('of two GPUs each value that differs is changed alone, and ranked', (t) => {
  const on = (gpu: string) => experiment({gpu, workload: '[{name: tiny, m: 256, n: 256, k: 256}]', patterns: '[{type: dense}]'});
  const files = {'a.yaml': on('a100-pcie-80gb'), 'b.yaml': on('{extends: a100-pcie-80gb, name: b, clock: {frequency: 705 MHz}, l2: {slices: 20}}')};
  inFolder(files, (folder) => {
    for (const name of ['a', 'b']) t.is(tvwsim(folder, 'run', `${name}.yaml`, '--out', name).status, 0);
    const {stdout} = tvwsim(folder, 'diff', 'a', 'b', '--effects');
    t.regex(stdout, /gpu\.clock\.frequency .*1\.41 GHz → 705 MHz\n +gpu\.l2\.slices .*40 → 20\n +together/);
  });
});

test('a GPU value that the first kernel cannot do with is named with the reason, a table by its length, and the others are ranked', (t) => {
  const on = (gpu: string) => experiment({gpu, workload: '[{name: tiny, m: 256, n: 256, k: 256}]', patterns: '[{type: dense}]', fidelity: 'bound'});
  inFolder({'a.yaml': on('a100-pcie-80gb'), 'b.yaml': on('v100-pcie-32gb')}, (folder) => {
    for (const name of ['a', 'b']) t.is(tvwsim(folder, 'run', `${name}.yaml`, '--out', name).status, 0);
    const {status, stdout} = tvwsim(folder, 'diff', 'a', 'b', '--effects');
    t.is(status, 0);
    t.regex(stdout, /GPU VALUE, CHANGED ALONE.*\n(.*\n)* +gpu\.clock\.frequency .*1\.41 GHz → /);
    t.regex(stdout, /NOT TO BE CHANGED ALONE .*BECAUSE\n +gpu\.\S+ /);
    t.regex(stdout, /gpu\.tensorCore\.mma .*a table of \d+ rows → a table of \d+ rows/);
  });
});

test('explain tells a point in a page: what binds it, its cycles, its way from dense, its loads', (t) =>
  inFolder(folders, (folder) => {
    const {status, stdout} = tvwsim(folder, 'explain', 'a#TVW 75 %');
    t.is(status, 0);
    for (const part of [
      'TVW 75 %',
      '98.1 µs, 2.56× the dense 251 µs',
      'it is bound by',
      'tensor_active',
      'activations: L2 → SM',
      'metadata',
      'digest',
    ])
      t.true(stdout.includes(part), part);
    t.deepEqual(
      stdout.split('\n').filter((line) => line.length > 100),
      [],
    );
  }));

test('explain without a waterfall says how to get one', (t) =>
  inFolder(folders, (folder) => t.regex(tvwsim(folder, 'explain', 'b#TVW 75 %').stdout, /tvwsim run --waterfall/)));
