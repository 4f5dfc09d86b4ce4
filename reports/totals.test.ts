import test from 'ava';
import {fivePatterns} from './samples.ts';
import {study} from './study.ts';
import {networksOf} from './totals.ts';

const ffn = fivePatterns({workload: 'net/ffn'}).map((r) => ({...r, count: 12, network: 'net', metrics: {...r.metrics, 'tvw.sparsity': 0.5}}));
const [head] = fivePatterns({workload: 'net/head', n: 256}).map((r) => ({
  ...r,
  network: 'net',
  weights: 'protected' as const,
  metrics: {...r.metrics, 'tvw.sparsity': 0},
}));

test('the time of a network is that of its layers, each as often as it occurs, protected ones dense', (t) => {
  const [network, ...rest] = networksOf(study([...ffn, head!]));
  t.deepEqual(rest, []);
  t.like(network, {label: 'net', gemms: 13, simulated: 2});
  const tw = network!.totals.find(({pattern}) => pattern === 'TW 75 %')!;
  t.is(tw.time_us, 12 * ffn[2]!.time_us + head!.time_us);
  t.is(tw.speedup, (12 * ffn[0]!.time_us + head!.time_us) / tw.time_us!);
  const [many, few] = [12 * 768 * 3072, 256 * 3072];
  t.is(tw.sparsity, (0.5 * many) / (many + few));
});

test('a pattern that one layer has no result of has no total', (t) => {
  const other = fivePatterns({workload: 'net/other', n: 512}).map((r) => ({...r, network: 'net'}));
  const [network] = networksOf(study([...ffn, ...other.slice(0, 1)]));
  t.deepEqual(
    network!.totals.map(({time_us}) => time_us === undefined),
    [false, true, true, true, true],
  );
});

test('the same network on two GPUs is two totals, told apart', (t) => {
  const there = ffn.map((r) => ({...r, gpu: 'rtx-3090', digest: `${r.digest}b`}));
  t.deepEqual(
    networksOf(study([...ffn, ...there])).map(({label}) => label),
    ['net · a100-pcie-80gb', 'net · rtx-3090'],
  );
});

test('layers of no network make no total', (t) => t.deepEqual(networksOf(study(fivePatterns())), []));
