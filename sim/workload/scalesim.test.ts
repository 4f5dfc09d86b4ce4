import test from 'ava';
import {complaints, experiment, read} from '../config/given.ts';
import type {Gemm} from './gemm.ts';

const e = (more = '') => experiment({workload: `[{scalesim: t.csv${more}}]`});
const points = (csv: string, more = '', patterns = '[{type: dense}]') =>
  read({'e.yaml': experiment({workload: `[{scalesim: t.csv${more}}]`, patterns}), 't.csv': csv}).points;
const lines = (csv: string, more = '') =>
  points(csv, more).map(({workload}) => {
    const {name, m, n, k, count} = workload as Gemm;
    return `${name} ${m}×${n}×${k} ×${count}`;
  });
const conv = 'Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,\n';

/** As written in SCALE-Sim's own repository: scalesim-project/scale-sim-v2, topologies/. */
test('a file of GEMMs is read as it is', (t) => {
  const gpt2 = 'Layer,M,N,K\nQKT,1024,1024,64\nQKTV,1024,64,1024\nLinear2,1024,1600,1600\n';
  t.deepEqual(lines(gpt2), ['t/QKT 1024×1024×64 ×1', 't/QKTV 1024×64×1024 ×1', 't/Linear2 1024×1600×1600 ×1']);
});
test('commas at the end or none, tabs, blank lines and comments do not matter', (t) => {
  const mobilenet = `${conv}\nConv1, 224, 224, 3, 3, 3, 32, 2,\nConv4_dw, 112, 112, 3, 3, 1, 1, 2,#dw\nConv11,28,28,1,1,256,256,1\n\tConv15_0,14,14,1,1,512,512,1,\r\nFC, 1, 1, 1, 1, 1024, 1000, 1,\n`;
  t.deepEqual(lines(mobilenet), [
    't/Conv1 12544×32×27 ×1', // ⌈221/2⌉ + 1 = 112 outputs a side
    't/Conv4_dw 3136×1×9 ×1',
    't/Conv11 784×256×256 ×1',
    't/Conv15_0 196×512×512 ×1',
    't/FC 1×1000×1024 ×1',
  ]);
});
test('a convolution has as many rows as output pixels, in every image of the batch', (t) => {
  t.deepEqual(lines(`${conv}Conv1,  224, 224,    11, 11,    3,      96,     4,`, ', batch: 8'), ['t-b8/Conv1 24200×96×363 ×1']);
});
test('strides down and across may be given apart', (t) => {
  const two = conv.replace('Strides', 'Stride height, Stride width');
  t.deepEqual(lines(`${two}c, 9, 9, 3, 3, 2, 4, 2, 3,\n`), ['t/c 12×4×18 ×1']);
});
test('a depthwise convolution is a GEMM for each of its channels', (t) => {
  t.deepEqual(lines(`${conv}DP1, 6, 6, 3, 3, 32, 1, 1,\n`), ['t/DP1 16×1×9 ×32']);
});
test('equal layers are one, and namesakes are told apart', (t) => {
  t.deepEqual(lines('Layer Name, M, N, K,\nGEMM_1, 3, 5, 16,\nGEMM_1, 1, 5, 16,\nGEMM_2, 3, 5, 16,\n'), [
    't/GEMM_1 3×5×16 ×2',
    't/GEMM_1(2) 1×5×16 ×1',
  ]);
});

test('a layer with a ratio is run with that n:m beside the patterns of the experiment; 1 and 4:4 are dense', (t) => {
  const csv = 'Layer Name, M, N, K, Sparsity,\na, 8, 8, 16, 2:4,\nb, 8, 8, 32, 1,\nc, 8, 8, 64, 4:4,\n';
  t.deepEqual(
    points(csv).map(({workload, pattern}) => `${(workload as Gemm).name} ${pattern.type}`),
    ['t/a dense', 't/a vw', 't/b dense', 't/c dense'],
  );
  t.deepEqual(points(csv)[1]!.pattern.values, {n: 2, m: 4});
});
test('where every layer has a ratio, the experiment needs no patterns', (t) => {
  t.deepEqual(
    points('Layer Name, M, N, K, Sparsity,\na, 8, 8, 16, 2:4,\n', '', '').map(({pattern}) => pattern.type),
    ['vw'],
  );
});

const says = test.macro((t, csv: string, ...expected: readonly string[]) => t.deepEqual(complaints({'e.yaml': e(), 't.csv': csv}), expected));
const expected = 'expected Layer, M, N, K or Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides';

test('an empty topology is refused', says, '\n', `t.csv  is empty; ${expected}`);
test('a topology of a header is refused', says, 'Layer, M, N, K,\n', 't.csv:1:1  has a header and no rows');
test('a CSV file that is no topology says what one is', says, 'name,m2,n\n', `t.csv:1:1  no topology begins with "name, m2, n"; ${expected}`);
test(
  'every number that is none is reported with its line and column',
  says,
  `${conv}a, 5, x, 3, 3, 1, 1, 1,\nb, 5, 5, 3, 3, 1, 0, 1.5,\n`,
  't.csv:2, column IFMAP Width  "x" is not a whole number of at least 1',
  't.csv:3, column Num Filter  "0" is not a whole number of at least 1',
  't.csv:3, column Strides  "1.5" is not a whole number of at least 1',
);
test('a row that is too short is counted', says, 'Layer, M, N, K,\na, 1, 2,\n', 't.csv:2:1  has 3 fields, the header has 4');
test(
  'a filter larger than its input is refused',
  says,
  `${conv}a, 5, 5, 7, 7, 1, 1, 1,\n`,
  't.csv:2:1  a filter of 7 × 7 does not fit an input of 5 × 5',
);
test(
  'what is no ratio is refused',
  says,
  'Layer, M, N, K, Sparsity,\na, 1, 2, 4, 50 %,\nb, 1, 2, 4, 5:4,\n',
  't.csv:2, column Sparsity  "50 %" is not a ratio n:m of weights kept, such as 2:4, nor 1 for all of them',
  't.csv:3, column Sparsity  "5:4" is not a ratio n:m of weights kept, such as 2:4, nor 1 for all of them',
);
test(
  'extents that no GEMM has are reported in their line',
  says,
  'Layer, M, N, K,\na, 99999999, 2, 4,\n',
  't.csv:2:1  m: got 99999999, expected a whole number of at most 16777216',
);
test('a missing topology is refused where it is named', (t) => {
  t.deepEqual(complaints({'e.yaml': e()}), ['e.yaml:3:23  workload[0].scalesim: t.csv does not exist']);
});
