import {spawnSync} from 'node:child_process';
import {readFileSync, readdirSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {experiment, inFolder} from '../config/given.ts';
import type {Result} from '../stats/result.ts';

const main = fileURLToPath(new URL('./main.js', import.meta.url));

/** A queue of one machine: sbatch runs an array's tasks in the background, squeue lists those that run, scancel ends them. */
const slurm = {
  'bin/sbatch': `#!/bin/bash
set -m
[ "$1" = --parsable ] && script=$2 || exit 64
id=$(($(cat "$FAKE/last" 2>/dev/null || echo 100) + 1)); echo $id > "$FAKE/last"; cp "$script" "$FAKE/$id.sh"
range=$(sed -n 's/^#SBATCH --array=\\([0-9]*\\)-\\([0-9]*\\)%.*/\\1 \\2/p' "$script")
for task in $(seq $range); do
  [ -e "$FAKE/die-$task" ] && { rm "$FAKE/die-$task"; continue; }
  pid="$FAKE/$id-$task.pid"
  (SLURM_ARRAY_TASK_ID=$task bash "$script" > "$FAKE/$id-$task.out" 2>&1; rm -f "$pid") > /dev/null 2>&1 &
  echo $! > "$pid"
done
echo "$id;cluster"
`,
  'bin/squeue': `#!/bin/bash
for pid in "$FAKE"/*.pid; do [ -e "$pid" ] && echo RUNNING; done; exit 0
`,
  'bin/scancel': `#!/bin/bash
for id in "$@"; do for pid in "$FAKE"/$id-*.pid; do [ -e "$pid" ] && kill -9 -- -$(cat "$pid"); rm -f "$pid"; done; done; exit 0
`,
};
const yaml = experiment({fidelity: 'bound', sweep: '{seed: 1..6, l2: [warm, cold]}'});
const site = 'partition: short\nmemory: 2G\nextra: ["--constraint=avx2"]\npoll: 1\nretries: 1\nseconds: 1\n';

function inCluster(
  files: {readonly [path: string]: string},
  run: (tvwsim: (...args: string[]) => ReturnType<typeof spawnSync>, folder: string) => void,
): void {
  inFolder({...slurm, 'e.yaml': yaml, 'site.yaml': site, fake: null, ...files}, (folder) => {
    for (const name of ['sbatch', 'squeue', 'scancel']) spawnSync('chmod', ['+x', join(folder, 'bin', name)]);
    const env = {...process.env, PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH']}`, FAKE: join(folder, 'fake')};
    run((...args) => spawnSync(process.execPath, [main, ...args], {cwd: folder, encoding: 'utf8', env}), folder);
  });
}
const digestsIn = (directory: string) =>
  readFileSync(join(directory, 'results.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as Result).digest);

test('a sweep by job arrays has the results of a local one, in the same order', (t) => {
  inCluster({}, (tvwsim, folder) => {
    t.is(tvwsim('sweep', 'e.yaml', '--out', 'here').status, 0);
    const {status, stdout, stderr} = tvwsim('sweep', 'e.yaml', '--out', 'o', '--engine', 'slurm', '--site', 'site.yaml');
    t.is(status, 0, String(stderr));
    t.regex(String(stderr), /^12 points submitted in 1 task of job 101$/m);
    t.regex(String(stdout), /^12 points in /m);
    t.deepEqual(digestsIn(join(folder, 'o')), digestsIn(join(folder, 'here')));
    const script = readFileSync(join(folder, 'fake', '101.sh'), 'utf8');
    for (const line of ['--array=0-0%1000', '--requeue', '--partition=short', '--mem=2G', '--constraint=avx2', '--cpus-per-task=1'])
      t.true(script.includes(`#SBATCH ${line}\n`), line);
    t.is(tvwsim('sweep', 'e.yaml', '--out', 'o', '--engine', 'slurm').stderr, '', 'nothing is submitted twice');
  });
});

test('what a task that died did not bring is submitted again', (t) => {
  inCluster({'fake/die-0': ''}, (tvwsim, folder) => {
    const {status, stderr} = tvwsim('sweep', 'e.yaml', '--out', 'o', '--engine', 'slurm', '--site', 'site.yaml');
    t.is(status, 0, String(stderr));
    t.deepEqual(String(stderr).match(/job \d+/g), ['job 101', 'job 102']);
    t.is(digestsIn(join(folder, 'o')).length, 12);
  });
});

test('a point that fails on the cluster is told with its reason, and the others are kept', (t) => {
  // So slow that the clock runs over.
  const gpu =
    '[{extends: a100-pcie-80gb, crossbar: {requestLatency: 1000000000 clk, responseLatency: 1000000000 clk}, l2: {latency: 1000000000 clk}}, a100-pcie-80gb]';
  inCluster({'e.yaml': experiment({workload: '[{name: ffn, m: 64, n: 64, k: 64}]', gpu})}, (tvwsim, folder) => {
    const {status, stderr} = tvwsim('sweep', 'e.yaml', '--out', 'o', '--engine', 'slurm', '--site', 'site.yaml');
    t.is(status, 1);
    t.regex(String(stderr), /^failed: an event for tick \d+, which is beyond the clock/m);
    t.is(digestsIn(join(folder, 'o')).length, 1);
  });
});

test('who does not wait looks later, and puts together what is there', (t) => {
  inCluster({}, (tvwsim, folder) => {
    const {stdout} = tvwsim('sweep', 'e.yaml', '--out', 'o', '--engine', 'slurm', '--detach');
    t.regex(String(stdout), /npx tvwsim sweep e\.yaml --out o --engine slurm --status$/m);
    t.regex(String(tvwsim('sweep', 'e.yaml', '--out', 'o', '--status').stdout), /^\d+ of 12 points are there, 0 failed; tasks in the queue: /);
    tvwsim('sweep', 'e.yaml', '--out', 'o', '--cancel');
    t.regex(String(tvwsim('sweep', 'e.yaml', '--out', 'o', '--status').stdout), /tasks in the queue: none$/m);
    t.is(tvwsim('sweep', 'e.yaml', '--out', 'o').status, 0);
    t.is(digestsIn(join(folder, 'o')).length, 12);
  });
});

test('shards are parts of a sweep, for any scheduler', (t) => {
  inCluster({}, (tvwsim, folder) => {
    const counts = [1, 2, 3].map((i) => {
      t.is(tvwsim('run-shard', 'e.yaml', `${i}/3`, '--out', 'o').status, 0);
      return readdirSync(join(folder, 'o', 'points'), {recursive: true}).filter((file) => String(file).endsWith('.json')).length;
    });
    t.deepEqual(counts, [4, 8, 12]);
    t.regex(String(tvwsim('sweep', 'e.yaml', '--out', 'o').stdout), /^0 points in .*; 12 had been simulated before$/m);
  });
});

test('a shard of an experiment that has changed since it was submitted is refused', (t) => {
  inCluster({'todo.json': '{"sweep": "another", "points": [0]}'}, (tvwsim) => {
    const {status, stderr} = tvwsim('run-shard', 'e.yaml', '1/1', '--out', 'o', '--todo', 'todo.json');
    t.is(status, 2);
    t.regex(String(stderr), /^todo\.json {2}was submitted for other points/);
    for (const shard of ['0/3', '4/3', '1']) t.is(tvwsim('run-shard', 'e.yaml', shard, '--out', 'o').status, 2, shard);
  });
});

test('where there is no Slurm, that is said', (t) => {
  inFolder({'e.yaml': yaml}, (folder) => {
    const {status, stderr} = spawnSync(process.execPath, [main, 'sweep', 'e.yaml', '--out', 'o', '--engine', 'slurm'], {
      cwd: folder,
      encoding: 'utf8',
      env: {PATH: '/nowhere'},
    });
    t.is(status, 2);
    t.regex(stderr, /there is no sbatch on this machine/);
  });
});

test('a misspelt key of a site’s file names the nearest', (t) => {
  inCluster({'site.yaml': 'partiton: short\n'}, (tvwsim) => {
    const {status, stderr} = tvwsim('sweep', 'e.yaml', '--out', 'o', '--engine', 'slurm', '--site', 'site.yaml');
    t.is(status, 2);
    t.is(stderr, 'site.yaml:1:1  partiton: no such parameter; did you mean "partition"?\n');
  });
});
