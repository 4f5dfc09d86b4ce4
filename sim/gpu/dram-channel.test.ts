import test from 'ava';
import {ask, busyShare, timing as t} from './microbench/channel.ts';

test('a read to a closed row costs tRCD + tCL', (check) => {
  const {ends} = ask([{at: 100, bank: 0, row: 7}]);
  check.is(ends[0], 100 + t.tRCD + t.tCL + t.burst);
});

test('a read to an open row costs tCL', (check) => {
  const {ends} = ask([
    {at: 100, bank: 0, row: 7},
    {at: 300, bank: 0, row: 7},
  ]);
  check.is(ends[1], 300 + t.tCL + t.burst);
});

test('a read to a bank with another row open costs tRP + tRCD + tCL', (check) => {
  const {ends} = ask([
    {at: 100, bank: 0, row: 7},
    {at: 300, bank: 0, row: 8},
  ]);
  check.is(ends[1], 300 + t.tRP + t.tRCD + t.tCL + t.burst);
});

test('a row stays open for tRAS before another takes its place', (check) => {
  const {ends} = ask([
    {at: 100, bank: 0, row: 7},
    {at: 101, bank: 0, row: 8},
  ]);
  check.is(ends[1], 100 + t.tRAS + t.tRP + t.tRCD + t.tCL + t.burst);
});

test('activations of different banks are tRRD apart, and the fifth waits for tFAW', (check) => {
  const {ends} = ask([0, 1, 2, 3, 4].map((bank) => ({at: 100, bank, row: 1})));
  const first = 100 + t.tRCD + t.tCL + t.burst;
  check.deepEqual(ends, [first, first + t.tRRD, first + 2 * t.tRRD, first + 3 * t.tRRD, first + t.tFAW]);
});

test('two reads of one bank group are tCCD_L apart, those of different groups follow on the bus without a gap', (check) => {
  const open = [0, 1, 4].map((bank) => ({at: 100, bank, row: 1}));
  const reads = (banks: number[]) => ask([...open, ...banks.map((bank) => ({at: 300, bank, row: 1}))]).ends.slice(3);
  const first = 300 + t.tCL + t.burst;
  check.deepEqual(reads([0, 4]), [first, first + t.tCCDL]);
  check.deepEqual(reads([0, 1]), [first, first + t.burst]);
});

test('a request to an open row goes before an older one to a closed row', (check) => {
  const {ends, channel} = ask([
    {at: 100, bank: 0, row: 1},
    {at: 300, bank: 0, row: 2},
    {at: 300, bank: 0, row: 1},
  ]);
  check.is(ends[2], 300 + t.tCL + t.burst);
  check.true(ends[1]! > ends[2]!);
  check.is(channel.activations, 2);
});

test('a line of four sectors takes one activation and four bursts', (check) => {
  const {ends, channel} = ask([{at: 100, bank: 0, row: 1, columns: 4}]);
  check.is(ends[0], 100 + t.tRCD + t.tCL + 3 * t.tCCDL + t.burst);
  check.is(channel.activations, 1);
  check.is(channel.sectorsRead, 4);
});

test('writes wait while there is something to read, until enough have gathered; then reads wait for the drain and tWTR', (check) => {
  const open = [0, 1].map((bank) => ({at: 100, bank, row: 1}));
  const writes = (count: number) => Array.from({length: count}, () => ({at: 300, bank: 1, row: 1, write: true}));
  const read = {at: 300, bank: 0, row: 1};
  const few = ask([...open, ...writes(7), read]);
  const many = ask([...open, ...writes(8), read]);
  check.is(few.ends.at(-1), 300 + t.tCL + t.burst);
  // Eight have gathered, six drain, two wait on: all to one bank group.
  check.is(many.ends.at(-1), 300 + t.tCWL + 5 * t.tCCDL + t.burst + t.tWTR + t.tCL + t.burst);
  check.is(many.channel.sectorsWritten, 8);
});

test('refresh costs about tRFC of every tREFI', (check) => {
  const share = busyShare(20 * t.tREFI);
  const left = 1 - t.tRFC / t.tREFI;
  check.true(share < left && share > left - 0.02, `${share} of the time busy`);
});
