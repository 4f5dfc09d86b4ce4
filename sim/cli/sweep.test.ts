import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {setTimeout} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {experiment, inFolder} from '../config/given.ts';
import type {Result} from '../stats/result.ts';

const main = fileURLToPath(new URL('./main.js', import.meta.url));
const tvwsim = (cwd: string, ...args: readonly string[]) => {
  const {status, stdout, stderr} = spawnSync(process.execPath, [main, ...args], {cwd, encoding: 'utf8'});
  return {status, stdout, stderr};
};
const resultsIn = (directory: string) =>
  readFileSync(join(directory, 'results.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Result);
const entries = (directory: string) =>
  existsSync(join(directory, 'points'))
    ? readdirSync(join(directory, 'points'), {recursive: true, encoding: 'utf8'}).filter((file) => file.endsWith('.json'))
    : [];

const yaml = experiment({fidelity: 'bound', sweep: '{gpu.l2.capacity: 20..60 MiB step 20, seed: [1, 2]}'});

test('a sweep says how large it is, runs, and the second time finds everything', (t) => {
  inFolder({'e.yaml': yaml}, (folder) => {
    const first = tvwsim(folder, 'sweep', 'e.yaml', '--out', 'o', '--workers', '2');
    t.is(first.status, 0, first.stderr);
    t.regex(first.stdout, /^6 points; about \d+ s on 2 workers\n/);
    t.is(resultsIn(join(folder, 'o')).length, 6);
    const second = tvwsim(folder, 'sweep', 'e.yaml', '--out', 'o');
    t.regex(second.stdout, /^6 points, all of them there already\n/);
    t.regex(second.stdout, /^0 points in .*; 6 had been simulated before$/m);
  });
});

test('an entry that was damaged is set aside and simulated again, to the same digest', (t) => {
  inFolder({'e.yaml': yaml}, (folder) => {
    t.is(tvwsim(folder, 'sweep', 'e.yaml', '--out', 'o').status, 0);
    const before = resultsIn(join(folder, 'o')).map(({digest}) => digest);
    const [damaged] = entries(join(folder, 'o'));
    writeFileSync(join(folder, 'o', 'points', damaged!), '{"entry"');
    t.regex(tvwsim(folder, 'sweep', 'e.yaml', '--out', 'o').stdout, /^6 points, 5 of them there already/);
    t.deepEqual(
      resultsIn(join(folder, 'o')).map(({digest}) => digest),
      before,
    );
    t.is(readdirSync(join(folder, 'o', 'damaged')).length, 1);
  });
});

test('a dry run writes no result, and a million points want to be asked for', (t) => {
  inFolder({'e.yaml': yaml}, (folder) => {
    t.regex(tvwsim(folder, 'sweep', 'e.yaml', '--dry-run', '--out', 'o').stdout, /^6 points; about/);
    t.false(existsSync(join(folder, 'o', 'results.jsonl')));
    const axes = ['--axis', 'seed=1..1000', '--axis', 'gpu.l2.capacity=1..1000 MiB step 1'];
    t.deepEqual(tvwsim(folder, 'sweep', 'e.yaml', ...axes, '--out', 'm'), {
      status: 2,
      stdout: '',
      stderr: 'e.yaml:7:1  sweep: makes 1,000,000 points; more than 100,000 are simulated only with --yes\n',
    });
    t.false(existsSync(join(folder, 'm')));
  });
});

test.serial('killed in the middle and taken up again: nothing twice, the digests of an undisturbed run', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tvwsim-'));
  t.teardown(() => rmSync(folder, {recursive: true}));
  writeFileSync(join(folder, 'e.yaml'), experiment({workload: '[{name: ffn, m: 128, n: 128, k: 128}]', sweep: '{seed: 1..60}'}));
  t.is(tvwsim(folder, 'sweep', 'e.yaml', '--out', 'undisturbed').status, 0);
  const out = join(folder, 'o');
  const child = spawn(process.execPath, [main, 'sweep', 'e.yaml', '--out', 'o'], {cwd: folder, stdio: 'ignore'});
  while (entries(out).length < 5) await setTimeout(5);
  child.kill('SIGKILL');
  await once(child, 'close');
  const kept = new Map(entries(out).map((file) => [file, statSync(join(out, 'points', file)).ino]));
  t.true(kept.size < 60, 'it was in the middle');
  t.is(tvwsim(folder, 'sweep', 'e.yaml', '--out', 'o').status, 0);
  for (const [file, inode] of kept) t.is(statSync(join(out, 'points', file)).ino, inode, 'what was complete is not written again');
  t.is(entries(out).length, 60);
  t.deepEqual(
    resultsIn(out).map(({digest}) => digest),
    resultsIn(join(folder, 'undisturbed')).map(({digest}) => digest),
  );
});

test.serial('two runs on one directory at once leave every point once', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tvwsim-'));
  t.teardown(() => rmSync(folder, {recursive: true}));
  writeFileSync(join(folder, 'e.yaml'), experiment({fidelity: 'bound', sweep: '{seed: 1..40}'}));
  const both = [1, 2].map(() => once(spawn(process.execPath, [main, 'sweep', 'e.yaml', '--out', 'o'], {cwd: folder, stdio: 'ignore'}), 'close'));
  t.deepEqual(
    (await Promise.all(both)).map(([code]) => code as number),
    [0, 0],
  );
  t.is(new Set(resultsIn(join(folder, 'o')).map(({digest}) => digest)).size, 40);
  t.is(entries(join(folder, 'o')).length, 40);
});

test.serial('a directory that may not be written any more in the middle: a sentence, exit code 1, and all that is there goes on later', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tvwsim-'));
  const out = join(folder, 'o');
  // Root may write whatever the mode says.
  const lock = (on: boolean) => {
    const how = process.getuid?.() === 0 ? ['chattr', '-R', on ? '+i' : '-i', out] : ['chmod', '-R', on ? 'a-w' : 'u+w', out];
    return spawnSync(how[0]!, how.slice(1)).status === 0;
  };
  t.teardown(() => {
    lock(false);
    rmSync(folder, {recursive: true});
  });
  writeFileSync(join(folder, 'e.yaml'), experiment({workload: '[{name: ffn, m: 128, n: 128, k: 128}]', sweep: '{seed: 1..150}'}));
  const child = spawn(process.execPath, [main, 'sweep', 'e.yaml', '--out', 'o'], {cwd: folder, stdio: ['ignore', 'ignore', 'pipe']});
  const said = text(child.stderr);
  while (entries(out).length < 5) await setTimeout(5);
  if (!lock(true)) {
    child.kill('SIGKILL');
    t.log('not run: this file system has no way to refuse root');
    return t.pass();
  }
  t.deepEqual(await once(child, 'close'), [1, null]);
  t.regex(
    await said,
    /^o {2}a result could not be written: E[A-Z]+: [^\n]*\n\d+ of 150 results are kept in o\/points\nto go on, once it can be written again: npx tvwsim sweep /m,
  );
  lock(false);
  const kept = entries(out).length;
  t.true(kept < 150);
  t.regex(tvwsim(folder, 'sweep', 'e.yaml', '--out', 'o').stdout, new RegExp(`^${150 - kept} points in .*; ${kept} had been simulated before$`, 'm'));
});

test('a disk that takes every result but not all of them together: the same sentence', (t) => {
  inFolder({'e.yaml': experiment({fidelity: 'bound', sweep: '{seed: 1..12}'})}, (folder) => {
    const words = [process.execPath, main, 'sweep', 'e.yaml', '--out', 'o'].map((word) => `'${word}'`).join(' ');
    // 512 bytes or 1024, as the shell has it.
    const {status, stderr} = spawnSync('sh', ['-c', `ulimit -f 16; ${words}`], {cwd: folder, encoding: 'utf8'});
    t.is(status, 1);
    t.regex(stderr, /^o {2}a result could not be written: EFBIG.*\n12 of 12 results are kept in o\/points\n/);
    t.is(tvwsim(folder, 'sweep', 'e.yaml', '--out', 'o').status, 0);
  });
});

test('results are exported as CSV and JSON lines, from a run that ended as from one that did not', (t) => {
  inFolder({'e.yaml': experiment({name: 'a, "b"', fidelity: 'bound', sweep: '{gpu.l2.capacity: [20 MiB, 40 MiB]}'})}, (folder) => {
    t.is(tvwsim(folder, 'sweep', 'e.yaml', '--out', 'o').status, 0);
    const [head, ...rows] = tvwsim(folder, 'export', 'o', '--csv').stdout.trimEnd().split('\n');
    t.regex(head!, /^schema,experiment,.*,axes\.gpu\.l2\.capacity,.*,metrics\.tvw\.energy,/);
    t.is(rows.length, 2);
    t.regex(rows[0]!, /^1,"a, ""b""",.*,20 MiB,/);
    rmSync(join(folder, 'o', 'results.jsonl'));
    const lines = tvwsim(folder, 'export', 'o', '--jsonl').stdout.trimEnd().split('\n');
    const capacities = lines.map((line) => (JSON.parse(line) as {readonly [key: string]: unknown})['axes.gpu.l2.capacity'] as string);
    t.deepEqual(
      capacities.toSorted((a, b) => a.localeCompare(b)),
      ['20 MiB', '40 MiB'],
    );
    t.is(tvwsim(folder, 'export', 'o').status, 2);
    t.is(tvwsim(folder, 'export', 'none', '--csv').stderr, 'none  no such directory\n');
  });
});

test('sensitivity, search and pareto each say what they found', (t) => {
  inFolder({'e.yaml': experiment({fidelity: 'bound', workload: '[{name: large, m: 4096, n: 2048, k: 2048}]'})}, (folder) => {
    const limits = tvwsim(folder, 'sensitivity', 'e.yaml', '--units', '--out', 's');
    t.is(limits.status, 0, limits.stderr);
    t.regex(limits.stdout, /^tensor cores limit it: \d+\.\d+× faster/m);
    t.regex(limits.stdout, /In the ledger the largest\s+loss\s+is \w+, /);
    const best = tvwsim(folder, 'search', 'e.yaml', '--axis', 'gpu.clock.frequency=1000..1400 MHz step 100', '--out', 'b');
    t.regex(best.stdout, /^The best there is: the first row\./m);
    const front = tvwsim(folder, 'pareto', 'b', '--by', 'time_us,tvw.sms');
    t.regex(front.stdout, /^1 of \d points: no other has less time_us, less tvw\.sms at once/);
  });
});
