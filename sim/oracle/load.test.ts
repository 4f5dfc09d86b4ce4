import test from 'ava';
import {busiest} from './load.ts';

test('the busiest SM has as many CTAs as there are waves, the last one counted whole', (t) => {
  t.deepEqual(busiest(Array<number>(10).fill(16), 4, 1), {ctas: 3, steps: 48});
});
test('two CTAs on an SM share its time, and a last one alone takes half of it', (t) => {
  t.deepEqual(busiest(Array<number>(9).fill(16), 4, 2), {ctas: 1.5, steps: 24});
});
test('a slot that comes free early takes the next CTA', (t) => {
  t.deepEqual(busiest([10, 100, 10, 10, 10], 2, 1), {ctas: 1, steps: 100});
});
