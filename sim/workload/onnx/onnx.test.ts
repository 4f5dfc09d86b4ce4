import {inflateSync} from 'node:zlib';
import test from 'ava';
import fc from 'fast-check';
import {complaints, experiment, read} from '../../config/given.ts';
import type {Gemm} from '../gemm.ts';
import {integers, message, model, node, value, weights} from './given.ts';

const e = (dimensions = '') => experiment({workload: `[{onnx: m.onnx${dimensions === '' ? '' : `, dimensions: ${dimensions}`}}]`});
const readIt = (bytes: Uint8Array, dimensions = '') => read({'e.yaml': e(dimensions), 'm.onnx': bytes});
const lines = (bytes: Uint8Array, dimensions = '') =>
  readIt(bytes, dimensions).points.map(({workload}) => {
    const {name, m, n, k, count} = workload as Gemm;
    return `${name} ${m}×${n}×${k} ×${count}`;
  });
const warnings = (bytes: Uint8Array) => readIt(bytes).warnings.map((warning) => warning.message.replace(/^.*m\.onnx: /, ''));

/** 823 B written by the onnx package 1.23.1 (helper.make_model, SerializeToString), deflated. */
const real = inflateSync(
  Buffer.from(
    'eNrtUsFKw0AQ7WQ3yTq0NFksavGUY4TG1JunGMFCD1I8iQiybbapuElKNtb2Z8RP8Bf8MzeKf+BFcB7zDm9g5g0zjHFaleV26MSj8dkoPn918BZhi9bLKYfFECPdyCK6rMpNQFsOB9h9knUp1YNeibVMSELewA19pGuR6QS+0UoeurqpHzOpEyuxjIJdhAWHOqA3Uj3jEULNIQ/8iarmQl1sZC1yOasqhX2EnMMycK+UaBpZ4gnC0niKOeyMp5UUWTSRRRHQlsMeOk0tSp0emsEWt3UhlAo/CKOMtPAgNftM30nnP/5UhPfMZvTrfPF09tvd747Np/MDHDDgPhIO12gxYpK1Od9H2PE+9kx176dqpxQ7nv8JD9I/bA==',
    'base64',
  ),
);

test('a file of the onnx package is read as it is', (t) => {
  t.deepEqual(lines(real, '{N: 2}'), ['m-N2/stem/Conv 32×4×27 ×1', 'm-N2/head/Gemm 2×5×4 ×1']);
});

test('a MatMul with weights has a row for every token of every sequence', (t) => {
  const bytes = model([value('x', [8, 128, 768])], [weights('w', [768, 3072])], [node('MatMul', ['x', 'w'], 'y', {}, '/encoder/MatMul')]);
  t.deepEqual(lines(bytes), ['m/encoder/MatMul 1024×3072×768 ×1']);
});
test('weights on the left are transposed to the right', (t) => {
  const bytes = model([value('x', [2, 64, 10])], [weights('w', [32, 64])], [node('MatMul', ['w', 'x'], 'y')]);
  t.deepEqual(lines(bytes), ['m/y 20×32×64 ×1']);
});
test('weights that differ from head to head are as many GEMMs', (t) => {
  const bytes = model([value('x', [4, 100, 16])], [weights('w', [4, 16, 8])], [node('MatMul', ['x', 'w'], 'y')]);
  t.deepEqual(lines(bytes), ['m/y 100×8×16 ×4']);
});
test('a Gemm may have either operand transposed', (t) => {
  const bytes = model([value('x', [40, 7])], [weights('w', [9, 40])], [node('Gemm', ['x', 'w'], 'y', {transA: 1, transB: 1})]);
  t.deepEqual(lines(bytes), ['m/y 7×9×40 ×1']);
});

const convolutions: readonly (readonly [string, {readonly [name: string]: number | readonly number[] | string}, number])[] = [
  ['without padding', {}, 18 * 18],
  ['padded', {pads: [1, 1, 1, 1]}, 20 * 20],
  ['padded on one side, with a stride', {pads: [0, 0, 1, 1], strides: [2, 2]}, 10 * 10],
  ['dilated', {dilations: [2, 2]}, 16 * 16],
  ['as wide as its input', {auto_pad: 'SAME_UPPER', strides: [3, 3]}, 7 * 7],
];
for (const [title, attributes, pixels] of convolutions) {
  test(`a Conv ${title} has ${pixels} output pixels an image`, (t) => {
    const bytes = model([value('x', [2, 5, 20, 20])], [weights('w', [6, 5, 3, 3])], [node('Conv', ['x', 'w'], 'y', attributes)]);
    t.deepEqual(lines(bytes), [`m/y ${2 * pixels}×6×45 ×1`]);
  });
}

test('extents may be packed or one by one', (t) => {
  const of = (packed: boolean) => model([value('x', [3, 4])], [weights('w', [4, 300], packed)], [node('MatMul', ['x', 'w'], 'y')]);
  t.deepEqual(lines(of(true)), lines(of(false)));
});
test('weights that are cast, transposed or dequantised first are weights', (t) => {
  const nodes = [node('DequantizeLinear', ['w', 's'], 'd'), node('Transpose', ['d'], 't'), node('MatMul', ['x', 't'], 'y')];
  t.deepEqual(lines(model([value('x', [3, 4])], [weights('w', [5, 4]), weights('s', [])], nodes)), ['m/y 3×5×4 ×1']);
});
test('shapes are followed through what exporters write for a reshape', (t) => {
  const nodes = [
    node('Shape', ['x'], 's'),
    node('Gather', ['s', 'first'], 'n'),
    node('Unsqueeze', ['n', 'zero'], 'u'),
    node('Concat', ['u', 'rest'], 'shape', {axis: 0}),
    node('Reshape', ['x', 'shape'], 'r'),
    node('MatMul', ['r', 'w'], 'y'),
  ];
  const initializers = [integers('first', [], [0]), integers('zero', [1], [0]), integers('rest', [2], [-1, 64]), weights('w', [64, 10])];
  t.deepEqual(lines(model([value('x', ['b', 4, 32])], initializers, nodes), '{b: 6}'), ['m-b6/y 12×10×64 ×1']);
});
test('where no rule tells a shape the file may', (t) => {
  const nodes = [node('NonMaxSuppression', ['x'], 'z'), node('MatMul', ['z', 'w'], 'y')];
  const bytes = model([value('x', [3])], [weights('w', [8, 2])], nodes, [value('z', [5, 8])]);
  t.deepEqual(lines(bytes), ['m/y 5×2×8 ×1']);
});
test('equal layers are simulated once', (t) => {
  const nodes = [node('MatMul', ['x', 'a'], 'y'), node('MatMul', ['y', 'b'], 'z')];
  t.deepEqual(lines(model([value('x', [3, 8])], [weights('a', [8, 8]), weights('b', [8, 8])], nodes)), ['m/y 3×8×8 ×2']);
});

test('an operator that is no GEMM with weights is named, with its share of the multiply-adds', (t) => {
  const nodes = [
    node('MatMul', ['x', 'w'], 'q'), // 2 × 10 × 16 × 16 = 5120
    node('Transpose', ['q'], 'k', {perm: [0, 2, 1]}),
    node('MatMul', ['q', 'k'], 's'), // 2 × 10 × 10 × 16 = 3200
    node('Softmax', ['s'], 'p'),
    node('Einsum', ['p', 'q'], 'o', {equation: 'bij,bjd->bid'}), // 3200
  ];
  t.deepEqual(warnings(model([value('x', [2, 10, 16])], [weights('w', [16, 16])], nodes)), [
    'skipped 55.6 % of its multiply-adds, in operators that are no GEMM with weights: MatMul of two activations ×1 (27.8 %), Einsum ×1 (27.8 %); left out, as they multiply no matrices: Transpose, Softmax',
  ]);
});
test('a recurrence, a depthwise and a transposed convolution have their shares', (t) => {
  const nodes = [
    node('Conv', ['x', 'w'], 'a'), // 64 pixels × 4 × 8 = 2048
    node('Conv', ['a', 'd'], 'b', {group: 8, pads: [1, 1, 1, 1]}), // 64 × 8 × 9 = 4608
    node('ConvTranspose', ['b', 'u'], 'c'), // 8 × 64 × 2 × 4 = 4096
    node('LSTM', ['l', 'lw', 'lr'], 'h'), // 5 × 1 × (4·3·2 + 4·3·3) = 300
  ];
  const initializers = [
    weights('w', [8, 4, 1, 1]),
    weights('d', [8, 1, 3, 3]),
    weights('u', [8, 2, 2, 2]),
    weights('lw', [1, 12, 2]),
    weights('lr', [1, 12, 3]),
  ];
  const all = 2048 + 4608 + 4096 + 300;
  const share = (macs: number) => `${((100 * macs) / all).toFixed(1)} %`;
  const [line] = warnings(model([value('x', [1, 4, 8, 8]), value('l', [5, 1, 2])], initializers, nodes));
  t.is(
    line,
    `skipped ${share(all - 2048)} of its multiply-adds, in operators that are no GEMM with weights: Conv in groups ×1 (${share(4608)}), ConvTranspose ×1 (${share(4096)}), LSTM ×1 (${share(300)})`,
  );
});
test('an operator nobody has heard of is named, its share unknown', (t) => {
  const nodes = [node('MatMul', ['x', 'w'], 'y'), node('Frobnicate', ['y'], 'z')];
  t.deepEqual(warnings(model([value('x', [2, 4])], [weights('w', [4, 4])], nodes)), [
    'skipped 0.0 % of its multiply-adds, in operators that are no GEMM with weights: Frobnicate ×1 (share unknown)',
  ]);
});

const says = test.macro((t, bytes: Uint8Array | string | null, dimensions: string, ...expected: readonly string[]) =>
  t.deepEqual(complaints({'e.yaml': e(dimensions), 'm.onnx': bytes}), expected),
);
const matmul = (...shape: readonly (number | string)[]) => model([value('x', shape)], [weights('w', [4, 4])], [node('MatMul', ['x', 'w'], 'y')]);

test(
  'a text file is no model',
  says,
  'hello, world',
  '',
  'e.yaml:3:19  workload[0].onnx: m.onnx is not an ONNX model, or is cut short: no field is of wire type 4, at byte 3',
);
test(
  'a message without a graph is no model',
  says,
  message([1, 8], [2, 'me']),
  '',
  'e.yaml:3:19  workload[0].onnx: m.onnx is not an ONNX model: it holds no graph',
);
test(
  'open dimensions are asked for by name, those without a name by place',
  says,
  matmul('batch', '', 4),
  '',
  'e.yaml:3:19  workload[0].onnx: m.onnx leaves batch, x[1] open; give dimensions: {batch: N, x[1]: N}',
);
test(
  'a dimension that is not open names the nearest one that is',
  says,
  matmul('batch', 4),
  '{batsh: 3, batch: 0}',
  'e.yaml:3:40  workload[0].dimensions.batsh: m.onnx leaves no such dimension open; did you mean "batch"?',
  'e.yaml:3:57  workload[0].dimensions.batch: got 0, expected a whole number of at least 1',
);
test('dimensions are a mapping', says, matmul('batch', 4), '3', 'e.yaml:3:39  workload[0].dimensions: got 3, expected {NAME: N}, such as {batch: 8}');
test(
  'a product whose rows cannot be told is not passed over in silence',
  says,
  model([value('x', [3])], [weights('w', [8, 2])], [node('NonZero', ['x'], 'z'), node('MatMul', ['z', 'w'], 'y', {}, 'head')]),
  '',
  'e.yaml:3:19  workload[0].onnx: m.onnx: MatMul "head": the shape of "z" is neither in the file nor follows from what is',
);
test(
  'operands that do not fit are refused',
  says,
  model([value('x', [3, 7])], [weights('w', [8, 2])], [node('MatMul', ['x', 'w'], 'y')]),
  '',
  'e.yaml:3:19  workload[0].onnx: m.onnx: MatMul "y" multiplies 3 × 7 by 8 × 2',
);
test(
  'a model without weights is refused',
  says,
  model([value('x', [3, 4])], [], [node('Relu', ['x'], 'y')]),
  '',
  'e.yaml:3:19  workload[0].onnx: m.onnx has no MatMul, Gemm or Conv with weights',
);
test('a missing model is refused where it is named', (t) => {
  t.deepEqual(complaints({'e.yaml': e()}), ['e.yaml:3:19  workload[0].onnx: m.onnx does not exist']);
});

test('a file that is cut short or spoilt is refused, or read, and never ends the process', (t) => {
  const spoilt = fc.oneof(
    fc.nat(real.length - 1).map((length) => real.subarray(0, length)),
    fc.tuple(fc.nat(real.length - 1), fc.nat(255)).map(([at, byte]) => Uint8Array.from(real, (old, i) => (i === at ? byte : old))),
    fc.uint8Array({maxLength: 64}),
    fc.constant(Uint8Array.from([0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01])), // a graph of −1 B
  );
  fc.assert(
    fc.property(spoilt, (bytes) => t.notThrows(() => complaints({'e.yaml': e('{N: 2}'), 'm.onnx': bytes}))),
    {numRuns: 150},
  );
});
