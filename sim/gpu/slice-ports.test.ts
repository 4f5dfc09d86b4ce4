import test from 'ava';
import {SlicePorts} from './slice-ports.ts';

test('what is booked for later keeps nobody out of the time before it', (t) => {
  const ports = new SlicePorts(1);
  t.is(ports.book(0, 640, 4), 644);
  t.is(ports.serve(0, 10, 4), 14);
  t.is(ports.serve(0, 600, 4), 604);
});

test('requests that wait for one line leave one after the other when it comes, and who comes then waits for them', (t) => {
  const ports = new SlicePorts(1);
  const ends = Array.from({length: 20}, () => ports.book(0, 640, 4));
  t.deepEqual(
    ends,
    ends.map((_, i) => 640 + 4 * (i + 1)),
  );
  t.is(ports.serve(0, 645, 4), 724);
  t.is(ports.serve(0, 800, 4), 804);
  t.is(ports.busy[0], 22 * 4);
});

test('what is booked for a time that a port is busy until comes after it', (t) => {
  const ports = new SlicePorts(1);
  t.is(ports.serve(0, 10, 100), 110);
  t.is(ports.book(0, 64, 4), 114);
});

test('more than a ring holds is still served', (t) => {
  const ports = new SlicePorts(2);
  const ends = Array.from({length: 5000}, () => ports.book(1, 100, 4));
  t.true(ends.at(-1)! >= 8000);
  t.is(ports.busy[1], 20000);
  t.is(ports.serve(0, 100, 4), 104);
});
