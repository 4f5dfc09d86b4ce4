import {spawnSync} from 'node:child_process';
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {experiment, inFolder} from '../config/given.ts';
import type {Statistics} from '../trace/statistics.ts';

const main = fileURLToPath(new URL('./main.js', import.meta.url));
const trace = (cwd: string, ...args: readonly string[]) => {
  const {status, stdout, stderr} = spawnSync(process.execPath, [main, 'trace', ...args], {cwd, encoding: 'utf8'});
  return {status, stdout, stderr};
};
const kernel = '{tile: [64, 64, 64], warps: [2, 2], stages: 3}';
const two = experiment({kernel, patterns: '[{type: dense}, {type: tvw, sparsity: 0.75, granularity: 64}]'});

test('generate writes a file a point, show prints it, stat sums it up', (t) => {
  inFolder({'e.yaml': two}, (folder) => {
    const generated = trace(folder, 'generate', 'e.yaml', '--out', 'out');
    t.is(generated.status, 0, generated.stderr);
    t.deepEqual(readdirSync(join(folder, 'out')), ['ffn-dense.tvt', 'ffn-tvw-75.tvt']);
    t.regex(generated.stdout, /out\/ffn-tvw-75\.tvt +\d\S* KiB +\d+ +[\d ]+ +multistage_gathered_spgemm_64x64x64_3st\n/);

    const shown = trace(folder, 'show', 'out/ffn-tvw-75.tvt', '--cta', '1', '--warp', '3', '--steps', '1');
    t.is(shown.status, 0, shown.stderr);
    t.regex(shown.stdout, /CTA 1 of \d+, warp 3 of 4/);
    for (const part of ['Prologue', 'Main loop, K tile 0', 'more K tile', 'Epilogue', 'HMMA.SP.16832']) t.true(shown.stdout.includes(part), part);
    t.false(shown.stdout.includes('Main loop, K tile 1'));
    t.true(trace(folder, 'show', 'out/ffn-tvw-75.tvt', '--all').stdout.includes('Main loop, K tile 2'));

    const stat = trace(folder, 'stat', 'out/ffn-dense.tvt', '--json');
    const statistics = JSON.parse(stat.stdout) as Statistics;
    t.deepEqual([statistics.workload, statistics.launches[0]!.ctas], ['ffn', 16]);
    t.regex(trace(folder, 'stat', 'out/ffn-dense.tvt').stdout, /load activation +524 288 +512 KiB +16 384 +100 %/);
  });
});

test('one point may be written to a file; several may not', (t) => {
  inFolder({'e.yaml': two}, (folder) => {
    t.is(trace(folder, 'generate', 'e.yaml', '--out', 'one.tvt', '--set', 'patterns=[{type: dense}]').status, 0);
    t.deepEqual(readdirSync(folder), ['e.yaml', 'one.tvt']);
    const {status, stderr} = trace(folder, 'generate', 'e.yaml', '--out', 'two.tvt');
    t.deepEqual([status, stderr], [2, '--out  two.tvt is one file, and the experiment makes 2 points; name a folder\n']);
  });
});

test('a point no kernel can run is bad input, and nothing is written', (t) => {
  inFolder({'e.yaml': `${two}activations: k-contiguous\n`}, (folder) => {
    const {status, stdout, stderr} = trace(folder, 'generate', 'e.yaml', '--out', 'out');
    t.is(status, 2);
    t.regex(stderr, /^e\.yaml:\d+:\d+ {2}patterns: a gather of k for mma\.sp needs activations: m-contiguous.*\(TVW 75 %/);
    t.is(stdout, '');
    t.deepEqual(readdirSync(folder), ['e.yaml']);
  });
});

test('what is not there is bad input: a CTA, a trace, a number', (t) => {
  inFolder({'e.yaml': two, 'empty.tvt': ''}, (folder) => {
    trace(folder, 'generate', 'e.yaml', '--out', '.');
    t.deepEqual(trace(folder, 'show', 'ffn-dense.tvt', '--cta', '16'), {
      status: 2,
      stdout: '',
      stderr: 'ffn-dense.tvt  has no CTA 16; they are numbered 0 to 15\n',
    });
    t.is(trace(folder, 'show', 'ffn-dense.tvt', '--launch', '1').stderr, 'ffn-dense.tvt  has no launch 1; there is only launch 0\n');
    t.is(trace(folder, 'stat', 'empty.tvt').stderr, 'empty.tvt  is empty, expected a trace file\n');
    t.is(trace(folder, 'show', 'ffn-dense.tvt', '--warp', 'two').status, 2);
  });
});
