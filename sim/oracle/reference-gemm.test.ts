import test from 'ava';
import fc from 'fast-check';
import {referenceGemm} from './reference-gemm.ts';

test('a product worked by hand', (t) => {
  // A = [1 2 3; 4 5 6], B = [7 8; 9 10; 11 12], all stored column after column.
  const a = Float32Array.of(1, 4, 2, 5, 3, 6);
  const b = Float32Array.of(7, 9, 11, 8, 10, 12);
  t.deepEqual(referenceGemm({m: 2, n: 2, k: 3}, a, b), Float64Array.of(58, 139, 64, 154));
});

test('the identity leaves any matrix as it was', (t) => {
  fc.assert(
    fc.property(fc.integer({min: 1, max: 20}), fc.integer({min: 1, max: 20}), (m, k) => {
      const a = Float32Array.from({length: m * k}, (_, i) => i - 7);
      const identity = Float32Array.from({length: k * k}, (_, i) => (i % (k + 1) === 0 ? 1 : 0));
      t.deepEqual(referenceGemm({m, n: k, k}, a, identity), Float64Array.from(a));
    }),
  );
});

test('sums keep float64: what float32 would lose is there', (t) => {
  t.is(referenceGemm({m: 1, n: 1, k: 3}, Float32Array.of(2 ** 24, 1, -(2 ** 24)), Float32Array.of(1, 1, 1))[0], 1);
});

test('operands of another size are refused', (t) => {
  t.throws(() => referenceGemm({m: 2, n: 2, k: 3}, new Float32Array(5), new Float32Array(6)), {message: 'A is 2×3 and takes 6 elements, not 5'});
  t.throws(() => referenceGemm({m: 2, n: 2, k: 3}, new Float32Array(6), new Float32Array(7)), {message: 'B is 3×2 and takes 6 elements, not 7'});
});
