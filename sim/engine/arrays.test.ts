import test from 'ava';
import {reusing, someFloat64s, someInt32s} from './arrays.ts';

const large = 2 ** 14;

test('what one machine has taken the next one gets', (t) => {
  const first = reusing(() => someFloat64s(large).fill(7));
  const second = reusing(() => someInt32s(2 * large - 5));
  t.is(second.buffer, first.buffer);
  t.is(second.length, 2 * large - 5);
});

test('two arrays of one machine never share memory', (t) => {
  reusing(() => {
    const arrays = Array.from({length: 4}, () => someInt32s(large));
    t.is(new Set(arrays.map(({buffer}) => buffer)).size, 4);
    reusing(() => t.false(arrays.some(({buffer}) => buffer === someInt32s(large).buffer)));
  });
});

test('outside a machine every array is its own', (t) => {
  t.not(someFloat64s(large).buffer, someFloat64s(large).buffer);
});

test('what a machine that fails has taken is given back', (t) => {
  let buffer: ArrayBuffer | undefined;
  t.throws(() =>
    reusing(() => {
      buffer = someInt32s(large).buffer;
      throw new Error('fails');
    }),
  );
  t.is(
    reusing(() => someInt32s(large).buffer),
    buffer!,
  );
});
