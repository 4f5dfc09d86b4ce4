import test from 'ava';
import {fivePatterns} from './samples.ts';
import {study} from './study.ts';
import {meanRatio, meansOf, networksOf} from './totals.ts';

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

/** Two layers a network, of which the second has ten times the importance in as many weights. */
const layer = (network: string, workload: string, magnitude: number, retained: number, faster: number) =>
  fivePatterns({workload: `${network}/${workload}`}).map((r) => ({
    ...r,
    network,
    digest: `${r.digest}${network}${workload}`,
    time_us: r.pattern.type === 'dense' ? 100 : 100 / faster,
    ...(r.pattern.type !== 'dense' && retained < 1 && {magnitude}),
    metrics: {
      ...r.metrics,
      'tvw.sparsity': r.pattern.type === 'dense' ? 0 : 0.5,
      'tvw.retained_importance': r.pattern.type === 'dense' ? 1 : retained,
    },
  }));

test('what a network retains weighs its layers by their importance, and averages weigh networks alike', (t) => {
  const networks = networksOf(
    study([
      ...layer('a', 'x', 1, 0.2, 2),
      ...layer('a', 'y', 10, 0.75, 2),
      ...layer('b', 'x', 1, 0.5, 4),
      {...head!, network: 'b', workload: 'b/head'},
    ]),
  );
  const of = (i: number) => networks[i]!.totals.find(({pattern}) => pattern === 'TW 75 %')!.prunable!;
  t.true(Math.abs(of(0).retained - 7.7 / 11) < 1e-9);
  t.is(of(1).retained, 0.5);
  t.is(of(1).sparsity, 0.5); // the protected head does not count
  const [untouched] = networksOf(study([...layer('a', 'x', 1, 0.2, 2), ...layer('a', 'y', 10, 1, 2)])); // nobody looked at y
  t.true(Math.abs(untouched!.totals.find(({pattern}) => pattern === 'TW 75 %')!.prunable!.retained - 1.2 / 2) < 1e-9);
  const mean = meansOf(networks).find(({pattern}) => pattern === 'TW 75 %')!;
  t.true(Math.abs(mean.retained! - (7.7 / 11 + 0.5) / 2) < 1e-9);
  t.is(meansOf(networks.slice(0, 1)).length, 0);
});

test('a ratio of two patterns is that of each network, averaged', (t) => {
  const networks = networksOf(study([...layer('a', 'x', 1, 0.2, 2), ...layer('b', 'x', 1, 0.5, 4)]));
  t.is(meanRatio(networks, 'TW 75 %', 'dense'), 3);
  t.is(meanRatio(networks, 'TW 75 %', '2:4'), 1);
  t.is(meanRatio(networks, 'TW 75 %', 'EW 75 %'), undefined);
});
