import test from 'ava';
import fc from 'fast-check';
import {rank} from './rank.ts';

test('any scores rank as a comparison sort ranks them, equal ones by index', (t) => {
  const score = fc.oneof(fc.float({min: 0, noNaN: true}), fc.constantFrom(0, 0.5, 1));
  fc.assert(
    fc.property(fc.array(score, {maxLength: 200}), (list) => {
      const scores = Float32Array.from(list, (s) => s + 0); // −0 has no place among squares
      const expected = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b);
      t.deepEqual([...rank(scores)], expected);
    }),
  );
});
