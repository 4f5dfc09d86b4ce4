import {spawnSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {experiment, inFolder} from '../config/given.ts';
import {model, node, value, weights} from '../workload/onnx/given.ts';

const main = fileURLToPath(new URL('./main.js', import.meta.url));
/** What a command says, run in a folder of these files. */
const tvwsim = (files: {readonly [path: string]: string | Uint8Array}, ...args: readonly string[]) =>
  inFolder(files, (cwd) => {
    const {status, stdout, stderr} = spawnSync(process.execPath, [main, ...args], {cwd, encoding: 'utf8'});
    return {status, stdout, stderr};
  });
const e = (changes: {readonly [key: string]: string}) => ({
  'e.yaml': experiment({fidelity: 'bound', patterns: '[{type: dense}, {type: vw}]', ...changes}),
});

test('a network ends with the time of the whole of it under every pattern', (t) => {
  const {status, stdout} = tvwsim(e({workload: '[{network: nmt, batch: 4, sequence: 3}]'}), 'run', 'e.yaml', '--out', 'o');
  t.is(status, 0);
  t.regex(
    stdout,
    /nmt-b4-s3: 16 GEMMs, 4 simulated\n +WHOLE NETWORK +TIME ms +SPEED-UP +PRUNED +RETAINED\n +dense .* 1\.00× +0\.0 % +100\.0 %\n +2:4 .*× +4\d\.\d % +7\d\.\d %\n/,
  );
});

test('several networks end with the mean of their speed-ups, of more points than are shown too', (t) => {
  const of = (stdout: string, what: RegExp) => [...stdout.matchAll(what)].map(([, speedup]) => Number(speedup));
  for (const workload of [
    '[{network: nmt, batch: 4, sequence: 3}, {network: bert-base, sequence: 16}]',
    '[{network: resnet-50}, {network: resnet-18}, {network: vgg-16}, {network: nmt}]',
  ]) {
    const {status, stdout} = tvwsim(e({workload}), 'run', 'e.yaml', '--out', 'o');
    t.is(status, 0);
    const each = of(stdout, /^ {2}2:4 +[\d.]+ +([\d.]+)× +[\d.]+ % +[\d.]+ %$/gm);
    const [mean] = of(stdout, /Mean speed-up of \d networks over dense;.*\n +PATTERN .*\n +dense +1\.00× .*\n +2:4 +([\d.]+)×/g);
    t.true(Math.abs(each.reduce((a, b) => a + b, 0) / each.length - mean!) < 0.01, `${each.join(' ')}: ${mean}`);
  }
});

test('what a paper reports stands beside what was simulated, with what each pattern prunes and retains', (t) => {
  const published = '{source: a paper, speedups: [{pattern: vw, over: dense, times: 1.85}], differs: the batch}';
  const {status, stdout} = tvwsim(
    e({workload: '[{network: nmt, batch: 4, sequence: 3}, {network: bert-base, sequence: 16}]', published}),
    'run',
    'e.yaml',
    '--out',
    'o',
  );
  t.is(status, 0);
  t.regex(stdout, /PATTERN +SPEED-UP +PRUNED +RETAINED\n +dense +1\.00× +0\.0 % +100\.0 %\n +2:4 +[\d.]+× +50\.0 % +7\d\.\d %\n/);
  t.regex(stdout, /PATTERN +OVER +OURS +PUBLISHED\n +2:4 +dense +[\d.]+× +1\.85×\n +published: a paper\n +differs: the batch\n/);
});

test('a measured experiment shows each error, and ends with what they come to', (t) => {
  const files = {...e({measured: '{csv: t.csv}'}), 't.csv': 'm,n,k,pattern,time_us\n256,256,256,dense,5\n256,256,256,2:4,5.2\n'};
  const {status, stdout} = tvwsim(files, 'run', 'e.yaml', '--out', 'o');
  t.is(status, 0);
  t.regex(stdout, /TIME +ERR/);
  t.regex(stdout, /AGAINST MEASURED +ROWS +MAPE +MEDIAN +P90 +r +τ +WORST\n +all +2 /);
});

test('what of a model is not simulated is said on stderr, and stdout has results alone', (t) => {
  const bytes = model([value('x', [64, 64])], [weights('w', [64, 64])], [node('MatMul', ['x', 'w'], 'y'), node('Frobnicate', ['y'], 'z')]);
  const files = {...e({workload: '[{onnx: m.onnx}]'}), 'm.onnx': bytes};
  const {status, stdout, stderr} = tvwsim(files, 'run', 'e.yaml', '--json', '--out', 'o');
  t.is(status, 0);
  t.regex(stderr, /^warning: e\.yaml:3:19 {2}workload\[0\]\.onnx: m\.onnx: skipped 0\.0 % of its multiply-adds.*Frobnicate ×1 \(share unknown\)$/m);
  const results = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as {readonly network: string}); // prettier-ignore
  t.deepEqual(
    results.map(({network}) => network),
    ['m', 'm'],
  );
});

test('networks are described, in a list and one by one', (t) => {
  t.regex(tvwsim({}, 'describe', 'networks').stdout, /resnet-50 +batch +54 +4\.09 /);
  t.regex(tvwsim({}, 'describe', 'resnet-50').stdout, /conv1 +12 544 +64 +147 +1 +protected/);
});

test('bad files end with exit code 2 before anything is run', (t) => {
  const {status, stdout, stderr} = tvwsim({...e({workload: '[{scalesim: t.csv}]'}), 't.csv': 'Layer, M, N, K,\na, 1, x, 3,\n'}, 'run', 'e.yaml');
  t.deepEqual([status, stdout, stderr], [2, '', 't.csv:2, column N  "x" is not a whole number of at least 1\n']);
});
