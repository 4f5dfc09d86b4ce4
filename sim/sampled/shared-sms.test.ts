import test from 'ava';
import {makespan} from './shared-sms.ts';

test('CTAs that share an SM end together, when it has done the work of all', (t) => {
  t.is(makespan([10, 10, 10], 1, 4, 1), 30);
});

test('a CTA that comes later has to itself what the others leave', (t) => {
  // Two of 10 till 20, of which the first is done; the third then shares with nobody.
  t.is(makespan([10, 10, 5], 1, 2, 1), 25);
  t.is(makespan([4, 10], 1, 2, 1), 14);
});

test('what too few CTAs to fill an SM leave idle is lost', (t) => {
  t.is(makespan([10], 1, 4, 3), 30);
  t.is(makespan([10, 10, 10], 1, 4, 3), 30);
});

test('CTAs go to SMs in turn, and then to whichever has room first', (t) => {
  t.is(makespan([10, 2, 2, 2], 2, 1, 1), 10);
});
