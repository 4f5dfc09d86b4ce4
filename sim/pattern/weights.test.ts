import {createHash} from 'node:crypto';
import test from 'ava';
import {seededWeights} from './weights.ts';

const shape = {k: 768, n: 768};

test('the same seed and name give the same weights, another seed or name others', (t) => {
  const {values} = seededWeights(shape, 1, 'ffn2');
  t.deepEqual(seededWeights(shape, 1, 'ffn2').values, values);
  t.notDeepEqual(seededWeights(shape, 2, 'ffn2').values, values);
  t.notDeepEqual(seededWeights(shape, 1, 'ffn1').values, values);
});

test('weights are the same to the bit on any machine', (t) => {
  const {values} = seededWeights({k: 37, n: 131}, 7, 'layer');
  const bytes = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => bytes.setFloat32(4 * i, value, true));
  // Written down on x86-64 with Node 20: where this fails, results of different machines cannot be compared.
  t.is(createHash('sha256').update(bytes).digest('hex').slice(0, 16), '6e653f4cf0141091');
});

test('weights centre on 0 and none is 0, so that what is pruned can be told from what is kept', (t) => {
  const {values} = seededWeights(shape, 1, 'ffn2');
  t.false(values.includes(0));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  t.true(Math.abs(mean) < 2e-4); // some four standard errors of 590 k draws
});

test('rows and columns differ in scale: the strongest tenth of either carries over twice the weight of the weakest', (t) => {
  const {values} = seededWeights(shape, 1, 'ffn2');
  const power = (major: number, minor: number) =>
    Array.from({length: 768}, (_, i) => {
      let sum = 0;
      for (let j = 0; j < 768; j++) sum += values[i * major + j * minor]! ** 2;
      return Math.sqrt(sum / 768);
    }).sort((a, b) => a - b);
  for (const vectors of [power(768, 1), power(1, 768)]) t.true(vectors.at(-77)! > 2 * vectors[76]!);
});
