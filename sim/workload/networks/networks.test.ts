import test from 'ava';
import {complaints, experiment, read} from '../../config/given.ts';
import type {Gemm} from '../gemm.ts';
import {counted, macsOf} from '../layer.ts';
import {networks} from './index.ts';

const layersOf = (name: string, values: {readonly [key: string]: number}) => networks[name]!.layers(values);
const points = (workload: string, patterns = '[{type: dense}, {type: vw}]') => read({'e.yaml': experiment({workload, patterns})}).points;
const gemms = (workload: string) => points(workload, '[{type: dense}]').map((point) => point.workload as Gemm);

const macsPerImage: readonly (readonly [string, number])[] = [
  ['vgg-16', 15.47],
  ['resnet-18', 1.81],
  ['resnet-50', 4.09],
];
for (const [name, giga] of macsPerImage) {
  test(`an image takes ${name} ${giga} G multiply-adds, and eight take eight times as many`, (t) => {
    const one = macsOf(layersOf(name, {batch: 1}));
    t.is((one / 1e9).toFixed(2), giga.toFixed(2));
    t.is(macsOf(layersOf(name, {batch: 8})), 8 * one);
  });
  test(`the first convolution and the classifier of ${name} are protected`, (t) => {
    const layers = layersOf(name, {batch: 1});
    t.true(layers[0]!.protected && layers.at(-1)!.protected);
    t.true(layers.some((layer) => !layer.protected));
  });
}

test('a layer of BERT-base multiplies 8 × 128 tokens by four projections and two feed-forward matrices', (t) => {
  t.deepEqual(gemms('[{network: bert-base, batch: 8, sequence: 128}]'), [
    {name: 'bert-base-b8-s128/qkvo', m: 1024, n: 768, k: 768, count: 48, network: 'bert-base-b8-s128'},
    {name: 'bert-base-b8-s128/ffn1', m: 1024, n: 3072, k: 768, count: 12, network: 'bert-base-b8-s128'},
    {name: 'bert-base-b8-s128/ffn2', m: 1024, n: 768, k: 3072, count: 12, network: 'bert-base-b8-s128'},
  ]);
});

test('BERT-large has 24 encoders: 302 M weights in 144 GEMMs', (t) => {
  const layers = layersOf('bert-large', {batch: 1, sequence: 1});
  t.is(macsOf(layers), 24 * 12 * 1024 * 1024);
  t.is(layers.reduce((sum, {count = 1}) => sum + count, 0), 144); // prettier-ignore
});

test('three of the four LSTM cells have equal weights, and are one GEMM that counts for all their steps', (t) => {
  const layers = counted(layersOf('nmt', {batch: 32, sequence: 50}));
  t.deepEqual(
    layers.map(({name, m, n, k, count}) => `${name} ${m}×${n}×${k} ×${count}`),
    ['enc_fw 32×2048×1024 ×150', 'dec_cell0 32×2048×1536 ×50', 'memory 1600×512×1024 ×1', 'attention 32×512×1536 ×50'],
  );
});

test('equal layers of ResNet-50 are one GEMM each: 54 make 21, and no multiply-add is lost', (t) => {
  const layers = layersOf('resnet-50', {batch: 1});
  t.deepEqual([layers.length, counted(layers).length], [54, 21]);
  t.is(macsOf(counted(layers)), macsOf(layers));
});

test('a protected layer is one dense point, whatever the patterns', (t) => {
  const of = (layer: string) =>
    points('[{network: resnet-18, batch: 2}]').filter(({workload}) => (workload as Gemm).name === `resnet-18-b2/${layer}`);
  t.deepEqual(
    of('fc').map(({pattern}) => pattern.type),
    ['dense'],
  );
  t.deepEqual(
    of('layer1.0.conv1').map(({pattern}) => pattern.type),
    ['dense', 'vw'],
  );
});

test('a network at two batch sizes is two networks', (t) => {
  const both = gemms('[{network: nmt, batch: 1}, {network: nmt, batch: 2}]');
  t.deepEqual([...new Set(both.map(({network}) => network))], ['nmt-b1-s50', 'nmt-b2-s50']);
});

test('a GEMM written out may be a layer of a network too', (t) => {
  t.deepEqual(gemms('[{name: head, m: 1, n: 2, k: 3, network: mine, weights: protected}]'), [
    {name: 'head', m: 1, n: 2, k: 3, count: 1, network: 'mine', weights: 'protected'},
  ]);
});

const says = test.macro((t, workload: string, ...expected: readonly string[]) => {
  t.deepEqual(complaints({'e.yaml': experiment({workload})}), expected);
});
test(
  'an unknown network names the nearest one and lists them',
  says,
  '[{network: bert-bse}]',
  'e.yaml:3:22  workload[0].network: no such network: "bert-bse"; did you mean "bert-base"? (known: vgg-16, resnet-18, resnet-50, nmt, bert-base, bert-large)',
);
test(
  'images have no sequence',
  says,
  '[{network: vgg-16, sequence: 128}]',
  'e.yaml:3:30  workload[0].sequence: no such parameter; known here: network, batch',
);
test(
  'a batch that makes more rows than any GEMM has is refused, with the layer',
  says,
  '[{network: bert-base, batch: 1000000}]',
  ...['qkvo', 'ffn1', 'ffn2'].map((layer) => `e.yaml:3:12  workload[0].${layer}.m: got 128000000, expected a whole number of at most 16777216`),
);
test(
  'the same network twice is refused, as its results could not be told apart',
  says,
  '[{network: bert-base}, {network: bert-base}]',
  ...['qkvo', 'ffn1', 'ffn2'].map(
    (layer) => `e.yaml:3:34  workload[1].${layer}.name: a second workload is called "bert-base-b1-s128/${layer}"; results could not be told apart`,
  ),
);
