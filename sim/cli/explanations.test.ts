import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {experiment, inFolder} from '../config/given.ts';
import type {Result} from '../stats/result.ts';
import type {Timeline} from '../stats/timeline.ts';
import type {Waterfall} from '../stats/waterfall.ts';

const main = fileURLToPath(new URL('./main.js', import.meta.url));
const tvwsim = (cwd: string, ...args: readonly string[]) => spawnSync(process.execPath, [main, ...args], {cwd, encoding: 'utf8'});
const tiny = {workload: '[{name: tiny, m: 256, n: 256, k: 256}]', patterns: '[{type: dense}, {type: tvw, sparsity: 0.75, granularity: 64}]'};
const linesOf = <T>(file: string): readonly T[] => readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as T); // prettier-ignore

test('run --waterfall --timeline explains the very results it writes, and report, explain and timeline use it', (t) =>
  inFolder({'e.yaml': experiment(tiny)}, (folder) => {
    const {status, stdout} = tvwsim(folder, 'run', 'e.yaml', '--out', 'out', '--waterfall', '--timeline');
    t.is(status, 0);
    t.regex(stdout, /waterfalls: 1 in out\/waterfall\.jsonl\ntimelines: 2 in out\/timeline\.jsonl/);
    const at = (name: string) => join(folder, 'out', name);
    const [dense, tvw] = linesOf<Result>(at('results.jsonl'));
    const [fall] = linesOf<Waterfall>(at('waterfall.jsonl'));
    t.deepEqual([fall!.dense.digest, fall!.pattern.digest], [dense!.digest, tvw!.digest]);
    t.is(fall!.bars.reduce((sum, {cycles}) => sum + cycles, dense!.cycles), tvw!.cycles); // prettier-ignore
    t.deepEqual(linesOf<Timeline>(at('timeline.jsonl')).map(({digest}) => digest), [dense!.digest, tvw!.digest]); // prettier-ignore
    t.is(tvwsim(folder, 'report', 'out').status, 0);
    t.regex(readFileSync(at('report.html'), 'utf8'), /id="waterfall"[\s\S]*id="timeline"/);
    t.regex(tvwsim(folder, 'explain', 'out#TVW 75 %').stdout, /by ablation/);
    t.is(tvwsim(folder, 'timeline', 'out', '--ctas-only').status, 0);
    t.notRegex(readFileSync(at('timeline.trace.json'), 'utf8'), /tensor pipe"/);
    t.is(tvwsim(folder, 'timeline', 'out#TVW 75 %', '--sms', '0,1').status, 0);
    t.regex(readFileSync(at('timeline.trace.json'), 'utf8'), /"warp 00 \(sub-core 0\)"[\s\S]*"slice 00"/);
    t.regex(tvwsim(folder, 'timeline', 'out', '--sms', '108').stderr, /there is no SM 108; a100-pcie-80gb has 108, 0 to 107/);
  }));

test('where there is nothing to explain the reason is given, and the results are kept', (t) =>
  inFolder({'e.yaml': experiment({...tiny, fidelity: 'bound'})}, (folder) => {
    const {status, stderr} = tvwsim(folder, 'run', 'e.yaml', '--out', 'out', '--waterfall');
    t.is(status, 0);
    t.regex(stderr, /no waterfall: .*this is bound/);
    t.true(existsSync(join(folder, 'out', 'results.jsonl')));
  }));

test('a timeline needs no `run --timeline` while the experiment is as it was', (t) =>
  inFolder({'e.yaml': experiment(tiny)}, (folder) => {
    tvwsim(folder, 'run', 'e.yaml', '--out', 'out');
    t.is(tvwsim(folder, 'timeline', 'out').status, 0);
    writeFileSync(join(folder, 'e.yaml'), experiment({...tiny, seed: '2'}));
    const {status, stderr} = tvwsim(folder, 'timeline', 'out');
    t.is(status, 2);
    t.regex(stderr, /e\.yaml is not what it was when the results were made/);
  }));

test('reference tells no warps, and says so; slices and channels it tells', (t) =>
  inFolder({'e.yaml': experiment({workload: '[{name: tiny, m: 64, n: 64, k: 128}]', fidelity: 'reference'})}, (folder) => {
    tvwsim(folder, 'run', 'e.yaml', '--out', 'out');
    const {status, stderr} = tvwsim(folder, 'timeline', 'out');
    t.is(status, 0);
    t.regex(stderr, /no warps: they are watched in fidelity: detailed/);
    const trace = readFileSync(join(folder, 'out', 'timeline.trace.json'), 'utf8');
    t.regex(trace, /"slice 00"/);
    t.notRegex(trace, /"warp 00/);
  }));

test('without results there is no timeline to export, which says who writes one', (t) =>
  inFolder({'e.yaml': experiment({...tiny, fidelity: 'bound'})}, (folder) => {
    tvwsim(folder, 'run', 'e.yaml', '--out', 'out');
    const {status, stderr} = tvwsim(folder, 'timeline', 'out');
    t.is(status, 2);
    t.regex(stderr, /holds no timeline; `tvwsim run --timeline` writes it/);
  }));
