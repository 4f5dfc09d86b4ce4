import test from 'ava';
import {ChannelAhead} from './channel-ahead.ts';
import {geometry, timing as t} from './microbench/channel.ts';

/** A channel in the middle between two refreshes: channel 40 of 80 refreshes half an interval after channel 0. */
const channel = () => new ChannelAhead(40, geometry, t);

test('a read to a closed row costs tRCD + tCL, to an open one tCL, to another tRP + tRCD + tCL', (check) => {
  const one = channel();
  check.is(one.read(0, 7, 1, 100), 100 + t.tRCD + t.tCL + t.burst);
  check.is(one.read(0, 7, 1, 300), 300 + t.tCL + t.burst);
  check.is(one.read(0, 8, 1, 500), 500 + t.tRP + t.tRCD + t.tCL + t.burst);
  check.is(one.activations, 2);
});

test('a row stays open for tRAS before another takes its place; who comes meanwhile for the first still finds it', (check) => {
  const one = channel();
  one.read(0, 7, 1, 100);
  check.is(one.read(0, 8, 1, 101), 100 + t.tRAS + t.tRP + t.tRCD + t.tCL + t.burst);
  check.is(one.read(0, 7, 1, 116), 116 + t.tCL + t.burst);
  check.is(one.activations, 2);
});

test('a line of four sectors takes one activation and four bursts', (check) => {
  const one = channel();
  check.is(one.read(0, 1, 4, 100), 100 + t.tRCD + t.tCL + 3 * t.tCCDL + t.burst);
  check.is(one.activations, 1);
  check.is(one.busy, 4 * t.burst);
});

test('so many activations a time: every read to a row of its own takes tRRD, or a quarter of tFAW', (check) => {
  const one = channel();
  const ends = Array.from({length: 200}, (_, i) => one.read(i % 16, Math.floor(i / 16), 1, 100));
  const each = Math.max(t.tRRD, t.tFAW / 4);
  check.true(Math.max(...ends) >= 100 + 199 * each);
  check.true(Math.max(...ends) < 100 + 260 * each, `${Math.max(...ends)}`);
});

test('a read comes into view when one of those before it has been served', (check) => {
  const one = channel();
  // All to one bank, a row each: every one takes a row cycle, and keeps its place in view as long.
  const first = Array.from({length: geometry.queue}, (_, row) => one.read(0, row, 1, 100));
  const other = one.read(1, 0, 1, 100);
  check.true(other > first[0]!);
  check.true(other < first[2]!);
});

test('writes wait while there is something to read, until enough have gathered; then they all go', (check) => {
  const one = channel();
  one.read(0, 1, 4, 100);
  for (let i = 0; i < geometry.writeHigh - 1; i++) one.write(1, 1, 4, 101);
  check.is(one.sectorsWritten, 0);
  one.write(1, 1, 4, 101);
  check.is(one.sectorsWritten, 4 * (geometry.writeHigh - geometry.writeLow));
  const end = one.finish();
  check.is(one.sectorsWritten, 4 * geometry.writeHigh);
  check.true(end >= 100 + 4 * (geometry.writeHigh + 1) * t.burst);
});

test('a read whose row cannot be open before a refresh waits for it; one of an open row does not', (check) => {
  const due = t.tREFI / 2;
  const after = due + t.tRP + t.tRFC;
  const one = channel();
  check.is(one.read(0, 7, 1, due - 10), after + t.tRCD + t.tCL + t.burst);
  const other = channel();
  other.read(0, 7, 1, due - 100);
  check.is(other.read(0, 7, 1, due - 10), due - 10 + t.tCL + t.burst);
});

test('under load no row is opened twice for reads that are in view together', (check) => {
  const one = channel();
  // Six rows of one bank, two reads each: all are asked for before the second has been opened.
  for (let row = 0; row < 6; row++) one.read(0, row, 1, 100);
  for (let row = 0; row < 6; row++) one.read(0, row, 1, 101);
  check.is(one.activations, 6);
});

test('refresh costs about tRFC of every tREFI', (check) => {
  const one = channel();
  const until = 20 * t.tREFI;
  // As many reads are asked for as the scheduler looks at; each that has come is followed by another.
  const due = Array.from({length: geometry.queue}, () => 0);
  let next = 0;
  for (let at = 0; at < until;) {
    const soonest = due.indexOf(Math.min(...due));
    at = due[soonest]!;
    due[soonest] = one.read(next++ % 16, 0, 4, at);
  }
  const share = one.busy / until;
  const left = 1 - t.tRFC / t.tREFI;
  check.true(share < left && share > left - 0.03, `${share} of the time busy`);
});
