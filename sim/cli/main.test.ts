import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {experiment, inFolder} from '../config/given.ts';
import {packageRoot} from '../config/source.ts';

const main = fileURLToPath(new URL('./main.js', import.meta.url));
const tvwsim = (cwd: string, ...args: readonly string[]) => {
  const {status, stdout, stderr} = spawnSync(process.execPath, [main, ...args], {cwd, encoding: 'utf8'});
  return {status, stdout, stderr};
};

test('check says how many points a file makes', (t) => {
  inFolder({'e.yaml': experiment({sweep: '{seed: [1, 2]}'})}, (folder) => {
    t.deepEqual(tvwsim(folder, 'check', 'e.yaml'), {status: 0, stdout: 'e.yaml  ok: 2 points\n', stderr: ''});
  });
});
test('points that cannot be run are named with the reason by check, which is bad input, while run lets the others end', (t) => {
  const sweep = '{gpu.sm.sharedMemory: [164 KiB, 16 KiB]}';
  inFolder(
    {'e.yaml': experiment({sweep, workload: '[{name: tiny, m: 64, n: 64, k: 64}]', patterns: '[{type: dense}]', fidelity: 'bound'})},
    (folder) => {
      const {status, stdout, stderr} = tvwsim(folder, 'check', 'e.yaml');
      t.deepEqual([status, stdout], [2, '']);
      t.regex(stderr, /^e\.yaml {2}2 points, of which 1 cannot be run; `where:` leaves them out\ncannot be run: .*163 KiB are more than an SM has/);
      t.regex(stderr, /\n {2}tiny 64×64×64, dense, a100-pcie-80gb, gpu\.sm\.sharedMemory 16 KiB\n$/);
      t.is(tvwsim(folder, 'run', 'e.yaml', '--out', 'o').status, 1);
      t.is(
        readFileSync(join(folder, 'o', 'results.jsonl'), 'utf8')
          .trimEnd()
          .split('\n').length,
        1,
      );
    },
  );
});
test('what npm installs as the command, in few files, is what was built: the same verbs, and the same results of the same version', (t) => {
  const bundled = join(packageRoot, 'dist/bundle/sim/cli/main.js');
  const tiny = experiment({workload: '[{name: tiny, m: 64, n: 64, k: 64}]', patterns: '[{type: dense}, {type: vw, n: 2, m: 4}]'});
  inFolder({'e.yaml': tiny}, (folder) => {
    const entries = [main, bundled].map((command, i) => {
      const {status, stderr} = spawnSync(process.execPath, [command, 'run', 'e.yaml', '--waterfall', '--out', `o${i}`], {
        cwd: folder,
        encoding: 'utf8',
      });
      t.is(status, 0, stderr);
      t.true(existsSync(join(folder, `o${i}`, 'waterfall.jsonl')));
      return readdirSync(join(folder, `o${i}`, 'points'), {recursive: true, encoding: 'utf8'}).toSorted();
    });
    // An entry's name is made of its point and of the version.
    t.deepEqual(entries[1], entries[0]);
  });
  for (const verb of ['search', 'pareto', 'sensitivity', 'export', 'report', 'diff', 'describe', 'trace'])
    t.is(spawnSync(process.execPath, [bundled, verb, '--help']).status, 0, verb);
});
test('check knows a GPU from an experiment', (t) => {
  inFolder({'g.yaml': 'extends: a100-pcie-80gb\nname: g\ndescription: a GPU\nl2: {capacity: 1 MiB}\n'}, (folder) => {
    t.deepEqual(tvwsim(folder, 'check', 'g.yaml'), {status: 0, stdout: 'g.yaml  ok: the GPU g\n', stderr: ''});
  });
});
test('check goes through all files, and one bad one makes the exit code 2', (t) => {
  inFolder({'bad.yaml': experiment({seed: '-1'}), 'good.yaml': experiment()}, (folder) => {
    t.deepEqual(tvwsim(folder, 'check', 'bad.yaml', 'good.yaml'), {
      status: 2,
      stdout: 'good.yaml  ok: 1 point\n',
      stderr: 'bad.yaml:6:7  seed: got -1, expected a whole number of at least 0\n',
    });
  });
});

const broken: {readonly [title: string]: string | Uint8Array | null} = {
  'a misspelt key': `${experiment()}sede: 3\n`,
  'a wrong unit': experiment({gpu: '{extends: a100-pcie-80gb, l2: {capacity: 40}}'}),
  'a huge size': experiment({gpu: '{extends: a100-pcie-80gb, l2: {capacity: 1e30 B}}'}),
  'an impossible sparsity': experiment({patterns: '[{type: tvw, sparsity: 0.3, granularity: 128}]'}),
  'an unknown GPU': experiment({gpu: 'h100'}),
  'a duplicate key': `${experiment()}name: b\n`,
  'an empty file': '',
  'a binary file': Uint8Array.of(0, 1, 2),
  'a directory': null,
  'a list': '- a\n',
  'missing keys': 'name: x\n',
  'a missing CSV': experiment({workload: '[{csv: none.csv}]'}),
  'brackets without end': '['.repeat(20_000),
};
for (const [title, text] of Object.entries(broken)) {
  test(`${title}: exit code 2, a line that names the file, and nothing written`, (t) => {
    inFolder({'e.yaml': text}, (folder) => {
      const {status, stdout, stderr} = tvwsim(folder, 'check', 'e.yaml');
      t.is(status, 2);
      t.is(stdout, '');
      t.regex(stderr, /^e\.yaml/);
      t.notRegex(stderr, /\n {4}at /);
      t.deepEqual(readdirSync(folder), ['e.yaml']);
    });
  });
}
test('a missing file and a mistyped verb or option are bad input too', (t) => {
  inFolder({}, (folder) => {
    t.is(tvwsim(folder, 'check', 'none.yaml').status, 2);
    t.is(tvwsim(folder, 'chek').status, 2);
    t.is(tvwsim(folder, 'check').status, 2);
    t.is(tvwsim(folder, 'check', '--colour', 'x').status, 2);
    t.is(tvwsim(folder, '--help').status, 0);
  });
});

test('describe without a topic lists GPUs, patterns, kernels, keys and every box', (t) => {
  const {status, stdout} = tvwsim('.', 'describe');
  t.is(status, 0);
  for (const word of ['a100-pcie-80gb', 'tvw', 'splitK', 'fidelity', 'capacity', 'KiB']) t.true(stdout.includes(word), word);
});
test('describe keeps to a page of 100 columns, and is plain in a pipe', (t) => {
  const {stdout} = tvwsim('.', 'describe');
  t.deepEqual(
    stdout.split('\n').filter((line) => line.length > 100),
    [],
  );
  t.false(stdout.includes('\u001b'));
});
test('describe knows GPUs, patterns, boxes, paths and keys', (t) => {
  for (const topic of ['a100-pcie-80gb', 'tvw', 'l2', 'l2.capacity', 'gpu.l2.capacity', 'tvw.sparsity', 'kernel.tile', 'seed', 'experiment'])
    t.is(tvwsim('.', 'describe', topic).status, 0, topic);
  t.regex(tvwsim('.', 'describe', 'l2.capacity').stdout, /a100-pcie-80gb +40 MiB/);
});
test('describe of something unknown names the nearest', (t) => {
  t.deepEqual(tvwsim('.', 'describe', 'l2.capcity'), {
    status: 2,
    stdout: '',
    stderr: 'nothing is called "l2.capcity"; did you mean "l2.capacity"?\n',
  });
});
