import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {experiment, inFolder} from '../config/given.ts';
import {readExperiment} from '../experiment.ts';
import {simulate} from '../simulate.ts';
import type {Result} from '../stats/result.ts';

const main = fileURLToPath(new URL('./main.js', import.meta.url));
const tvwsim = (cwd: string, ...args: readonly string[]) => {
  const {status, stdout, stderr} = spawnSync(process.execPath, [main, ...args], {cwd, encoding: 'utf8'});
  return {status, stdout, stderr};
};

const patterns = '[{type: dense}, {type: vw}, {type: tw, sparsity: 0.75, granularity: 64}, {type: tvw, sparsity: 0.75, granularity: 64}]';
const small = experiment({description: 'four patterns', patterns});
const resultsIn = (directory: string): readonly Result[] => parsed(readFileSync(join(directory, 'results.jsonl'), 'utf8'));
const parsed = (lines: string): readonly Result[] =>
  lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Result);
const digests = (results: readonly Result[]) => results.map(({digest}) => digest);

test('one worker or two, watched or not: the same results, in the order of the experiment', (t) => {
  inFolder({'e.yaml': small}, (folder) => {
    const unwatched = readExperiment(join(folder, 'e.yaml')).points.map((point) => simulate(point));
    t.deepEqual(
      unwatched.map(({pattern}) => pattern.label),
      ['dense', '2:4', 'TW 75 %', 'TVW 75 %'],
    );
    for (const workers of ['1', '2']) {
      const {status, stdout} = tvwsim(folder, 'run', 'e.yaml', '--out', workers, '--workers', workers, '--json');
      t.is(status, 0);
      t.deepEqual(digests(resultsIn(join(folder, workers))), digests(unwatched), `${workers} workers`);
      t.deepEqual(digests(parsed(stdout)), digests(unwatched), 'on stdout');
    }
  });
});

test('a run leaves results, the account of how they came to be, a table, and what to type next', (t) => {
  inFolder({'e.yaml': small}, (folder) => {
    const {status, stdout, stderr} = tvwsim(folder, 'run', 'e.yaml', '--set', 'seed=3');
    t.is(status, 0);
    t.is(stderr, '');
    const out = join(folder, 'reports', 'out', 'small');
    t.deepEqual(readdirSync(out).toSorted(), ['points', 'results.jsonl', 'run.json']);
    t.true(resultsIn(out).every(({seed}) => seed === 3));
    const record = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as {readonly [key: string]: unknown};
    t.like(record, {experiment_file: 'e.yaml', yaml: small, command: 'tvwsim run e.yaml --set seed=3', node: process.version});
    const lines = stdout.split('\n');
    t.deepEqual(
      lines.filter((line) => line.length > 100),
      [],
    );
    t.regex(stdout, /^\s*TVW 75 % .*× .* %/m);
    t.regex(stdout, /^4 points in .* events\/s$/m);
    const next = /^next: {4}npx tvwsim (.*)$/m.exec(stdout)![1]!;
    t.is(next, 'report reports/out/small');
    t.deepEqual(tvwsim(folder, ...next.split(' ')), {status: 0, stdout: 'reports/out/small/report.html\n', stderr: ''});
    t.regex(readFileSync(join(out, 'report.html'), 'utf8'), /TVW 75 %/);
  });
});

test('a point that fails is told with its reason, and the others are kept', (t) => {
  // So slow that the clock runs over.
  const gpu =
    '[{extends: a100-pcie-80gb, crossbar: {requestLatency: 1000000000 clk, responseLatency: 1000000000 clk}, l2: {latency: 1000000000 clk}}, a100-pcie-80gb]';
  inFolder({'e.yaml': experiment({gpu, workload: '[{name: ffn, m: 64, n: 64, k: 64}]'})}, (folder) => {
    const {status, stdout, stderr} = tvwsim(folder, 'run', 'e.yaml', '--out', 'o');
    t.is(status, 1);
    t.regex(stderr, /^failed: an event for tick \d+, which is beyond the clock .*\n {2}ffn 64×64×64, dense, a100-pcie-80gb \(crossbar.*\)\n$/);
    t.regex(stdout, /; 1 failed$/m);
    t.deepEqual(
      resultsIn(join(folder, 'o')).map(({workload: name}) => name),
      ['ffn'],
    );
    t.regex(readFileSync(join(folder, 'o', 'run.json'), 'utf8'), /"failures": \[\s*\{\s*"point": "ffn 64×64×64, dense, a100-pcie-80gb \(crossbar/);
    t.is(tvwsim(folder, 'report', 'o').status, 0);
  });
});

test('a trace written by trace generate gives the result of the point it was made of', (t) => {
  inFolder({'e.yaml': experiment(), 't.yaml': experiment({workload: '[{trace: ffn.tvt}]', patterns: ''})}, (folder) => {
    t.is(tvwsim(folder, 'trace', 'generate', 'e.yaml', '--out', 'ffn.tvt').status, 0);
    t.is(tvwsim(folder, 'run', 'e.yaml', 't.yaml', '--out', 'o', '--set', 'name=same').status, 2);
    t.is(tvwsim(folder, 'run', 'e.yaml', '--out', 'made').status, 0);
    t.is(tvwsim(folder, 'run', 't.yaml', '--out', 'read').status, 0);
    t.deepEqual(digests(resultsIn(join(folder, 'read'))), digests(resultsIn(join(folder, 'made'))));
  });
});

test('what a run left is not simulated again', (t) => {
  inFolder({'e.yaml': small}, (folder) => {
    t.is(tvwsim(folder, 'run', 'e.yaml', '--out', 'o', '--set', 'patterns=[{type: dense}]').status, 0);
    t.regex(tvwsim(folder, 'run', 'e.yaml', '--out', 'o').stdout, /^3 points in .*; 1 had been simulated before$/m);
    t.is(resultsIn(join(folder, 'o')).length, 4);
  });
});

test('several experiments share the workers, and each has a directory of its name', (t) => {
  inFolder({'a.yaml': experiment({name: 'a'}), 'b.yaml': experiment({name: 'b / c'})}, (folder) => {
    const {status, stdout} = tvwsim(folder, 'run', 'a.yaml', 'b.yaml', '--out', 'o');
    t.is(status, 0);
    t.deepEqual(readdirSync(join(folder, 'o')).toSorted(), ['a', 'b - c']);
    t.regex(stdout, /next: {4}npx tvwsim report o\/a 'o\/b - c'/);
  });
});

test('Ctrl-C keeps what was done, and says so', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tvwsim-'));
  t.teardown(() => rmSync(folder, {recursive: true}));
  const workload = '[{name: short, m: 64, n: 64, k: 64}, {name: long, m: 8192, n: 8192, k: 8192}]';
  writeFileSync(join(folder, 'e.yaml'), experiment({workload}));
  // Of two workers one takes the long point, the other is soon through with the short one.
  const child = spawn(process.execPath, [main, 'run', 'e.yaml', '--out', 'o', '--workers', '2'], {cwd: folder});
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const points = join(folder, 'o', 'points');
  while (!existsSync(points) || !readdirSync(points, {recursive: true}).some((file) => String(file).endsWith('.json'))) await setTimeout(50);
  child.kill('SIGINT');
  const [code] = (await once(child, 'close')) as [number];
  t.is(code, 130);
  t.is(stderr, 'interrupted: 1 of 2 points were done; results: o\nto go on: npx tvwsim run e.yaml --out o --workers 2\n');
  t.deepEqual(readdirSync(join(folder, 'o')).toSorted(), ['points', 'results.jsonl', 'run.json']);
  t.is(resultsIn(join(folder, 'o'))[0]!.workload, 'short');
});

const refused: {readonly [title: string]: readonly [args: readonly string[], message: RegExp]} = {
  'results in a file': [['e.yaml', '--out', 'file'], /^file {2}is a file, expected a directory/],
  'results below a file': [['e.yaml', '--out', 'file/below'], /^file\/below {2}lies below a file/],
  'results nowhere': [['e.yaml', '--out='], /^--out {2}got an empty text/],
  'results where nothing can be made': [['e.yaml', '--out', '/proc/tvwsim/x'], /^\/proc\/tvwsim\/x {2}cannot be made there/],
  'results in place of a directory': [['e.yaml', '--out', 'taken'], /^taken\/results\.jsonl {2}is a directory/],
  'no workers': [['e.yaml', '--workers', '0'], /argument '0' is invalid\. expected a whole number/],
  'workers that are no number': [['e.yaml', '--workers', 'abc'], /argument 'abc' is invalid\. expected a whole number/],
  'half a worker': [['e.yaml', '--workers', '1.5'], /argument '1\.5' is invalid/],
  'no experiment': [[], /missing required argument/],
  'missing files, all of them': [['none.yaml', 'e.yml'], /^e\.yml {2}does not exist; did you mean "e\.yaml"\?\nnone\.yaml {2}does not exist/],
  'a wrong value': [['e.yaml', '--set', 'seed=-1'], /^--set seed=-1 {2}seed: got -1/],
  'a path that is not there': [['e.yaml', '--set', 'gpu.l2.capcity=1 MiB'], /did you mean "capacity"/],
  'the same experiment twice': [['e.yaml', 'e.yaml'], /a second experiment is called "small"/],
  'an unknown option': [['e.yaml', '--outt', 'x'], /unknown option '--outt'/],
};
for (const [title, [args, message]] of Object.entries(refused)) {
  test(`${title}: exit code 2, a sentence, and nothing written`, (t) => {
    inFolder({'e.yaml': small, file: '', 'taken/results.jsonl': null}, (folder) => {
      const before = readdirSync(folder, {recursive: true});
      const {status, stdout, stderr} = tvwsim(folder, 'run', ...args);
      t.is(status, 2);
      t.is(stdout, '');
      t.regex(stderr, message);
      t.notRegex(stderr, /\n {4}at /);
      t.deepEqual(readdirSync(folder, {recursive: true}), before);
    });
  });
}

test('a report on nothing is bad input as well: a sentence, no stack', (t) => {
  inFolder({file: '', 'd/results.jsonl': ''}, (folder) => {
    for (const [directory, message] of [
      ['none', /^none: no such directory\n$/],
      ['file', /^file: not a directory/],
      ['d', /^d\/results\.jsonl: holds no result/],
    ] as const) {
      const {status, stdout, stderr} = tvwsim(folder, 'report', directory);
      t.deepEqual({status, stdout}, {status: 2, stdout: ''});
      t.regex(stderr, message);
      t.notRegex(stderr, /\n {4}at /);
    }
    t.is(tvwsim(folder, 'report').status, 2);
  });
});

test('bad input ends a run with exit code 2, though its first thread is still loading', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tvwsim-'));
  t.teardown(() => rmSync(folder, {recursive: true}));
  writeFileSync(join(folder, 'e.yaml'), experiment({seed: '-1'}));
  const runs = Array.from({length: 8}, () => once(spawn(process.execPath, [main, 'run', 'e.yaml'], {cwd: folder, stdio: 'ignore'}), 'close'));
  // Node 20 aborts when a thread is ended while it loads: one time in forty, or so.
  t.deepEqual(
    await Promise.all(runs),
    runs.map(() => [2, null]),
  );
});
