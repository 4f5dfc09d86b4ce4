import test from 'ava';
import {complaints, experiment, read} from './given.ts';

const patterns = '[{type: dense}]';
const swept = (sweep: string, of: {readonly [key: string]: string} = {}) => read({'e.yaml': experiment({patterns, ...of, sweep})}).points;
const mebibytes = (sweep: string) => swept(sweep).map(({gpu}) => gpu.values.l2.capacity / 2 ** 20);
const seeds = (sweep: string) => swept(sweep).map(({seed}) => seed);

test('a range is its values, the last included', (t) => {
  t.deepEqual(mebibytes('{gpu.l2.capacity: 20..80 MiB step 20}'), [20, 40, 60, 80]);
  t.deepEqual(mebibytes('{gpu.l2.capacity: [10 MiB, 20..50 MiB step 20]}'), [10, 20, 40]);
  t.deepEqual(swept('{gpu.l2.capacity: 20..80 MiB step 20}')[1]!.axes, {'gpu.l2.capacity': '40 MiB'});
});
test('a range of a whole number needs no step', (t) => {
  t.deepEqual(seeds('{seed: 3..6}'), [3, 4, 5, 6]);
});
test('a logarithmic range doubles, or goes by its step', (t) => {
  t.deepEqual(seeds('{seed: log 1..64}'), [1, 2, 4, 8, 16, 32, 64]);
  t.deepEqual(seeds('{seed: log 1..64 step 4}'), [1, 4, 16, 64]);
});
test('tenths add up to tenths', (t) => {
  const points = swept('{pattern.sparsity: 0.5..0.9 step 0.1}', {patterns: '[{type: tw, sparsity: 0.5, granularity: 128}]'});
  t.deepEqual(
    points.map(({pattern}) => pattern.values['sparsity']),
    [0.5, 0.6, 0.7, 0.8, 0.9],
  );
});
test('zip takes the first values together, then the second', (t) => {
  const points = swept('{zip: {gpu.l2.capacity: [10 MiB, 20 MiB], seed: [1, 2]}, l2: [warm, cold]}');
  t.deepEqual(
    points.map(({gpu, seed, l2}) => [gpu.values.l2.capacity / 2 ** 20, seed, l2]),
    [
      [10, 1, 'warm'],
      [10, 1, 'cold'],
      [20, 2, 'warm'],
      [20, 2, 'cold'],
    ],
  );
});
test('a list is points written out, each with what it changes', (t) => {
  t.deepEqual(
    swept('{list: [{seed: 5}, {seed: 6, gpu.l2.capacity: 20 MiB}, {}]}').map(({axes}) => axes),
    [{seed: '5'}, {seed: '6', 'gpu.l2.capacity': '20 MiB'}, {}],
  );
});
test('a random sample stays in its ranges, and is the same for the same seed', (t) => {
  const sample = (seed: number) =>
    `{random: {count: 50, seed: ${seed}, gpu.l2.capacity: 20..80 MiB, gpu.dram.bandwidth: log 500..4000 GB/s, l2: [warm, cold]}}`;
  const points = swept(sample(1));
  t.is(points.length, 50);
  t.true(points.every(({gpu: {values}}) => values.l2.capacity >= 20 * 2 ** 20 && values.l2.capacity <= 80 * 2 ** 20));
  t.true(points.every(({gpu: {values}}) => values.dram.bandwidth >= 500e9 && values.dram.bandwidth <= 4000e9));
  t.is(new Set(points.map(({l2}) => l2)).size, 2);
  t.deepEqual(mebibytes(sample(1)), mebibytes(sample(1)));
  t.notDeepEqual(mebibytes(sample(1)), mebibytes(sample(2)));
});
test('a Latin hypercube has one value in each of N equal parts of every axis', (t) => {
  const points = swept('{latin: {count: 10, seed: 2, gpu.l2.capacity: 10..110 MiB, gpu.dram.bandwidth: 1000..2000 GB/s}}');
  const parts = (values: readonly number[]) => values.map(Math.floor).sort((a, b) => a - b);
  const ten = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  t.deepEqual(parts(points.map(({gpu}) => (gpu.values.l2.capacity / 2 ** 20 - 10) / 10)), ten);
  t.deepEqual(parts(points.map(({gpu}) => (gpu.values.dram.bandwidth / 1e9 - 1000) / 100)), ten);
});
test('a condition leaves the points that meet it', (t) => {
  t.deepEqual(mebibytes('{gpu.l2.capacity: 20..80 MiB step 20, where: gpu.l2.capacity > 40 MiB}'), [60, 80]);
  t.deepEqual(seeds('{seed: 1..9, where: [seed * 2 > 6 and not seed = 7, seed < workload.m / 32]}'), [4, 5, 6]);
  t.deepEqual(seeds(`{seed: 1..3, l2: [warm, cold], where: "seed = 2 or (seed = 3 and l2 != 'warm')"}`), [2, 2, 3]);
});
test('a condition about what a point does not have holds it to nothing', (t) => {
  const two = {patterns: '[{type: dense}, {type: tw, sparsity: 0.5, granularity: 128}]'};
  t.is(swept('{pattern.sparsity: [0.5, 0.75], where: pattern.sparsity > 0.6}', two).length, 2);
});
test('the axes of the command line are a grid, a zip or a sample', (t) => {
  const files = {'e.yaml': experiment()};
  const axes = ['seed=1,2,3', 'gpu.l2.capacity=10..30 MiB step 10'];
  t.is(read(files, {axes}).points.length, 9);
  t.is(read(files, {axes, form: {name: 'zip'}}).points.length, 3);
  t.is(read(files, {axes: ['gpu.l2.capacity=10..30 MiB'], form: {name: 'latin', count: 7}}).points.length, 7);
  t.is(read(files, {axes, where: ['seed = 2']}).points.length, 3);
});
test('more than 100,000 points are there for who asks for them', (t) => {
  t.is(read({'e.yaml': experiment()}, {axes: ['seed=1..100001'], most: Infinity}).points.length, 100_001);
});

const refused: {readonly [title: string]: readonly [sweep: string, complaint: string]} = {
  'a range that runs backwards': ['{seed: 9..1}', 'e.yaml:6:15  seed: the range "9..1" runs backwards; expected 1..9'],
  'a range of sizes without a step': [
    '{gpu.l2.capacity: 20..80 MiB}',
    'e.yaml:6:26  gpu.l2.capacity: the range "20..80 MiB" wants a step here, such as 20..80 MiB step 15',
  ],
  'a range of two units': [
    '{gpu.l2.capacity: 20 KiB..80 MiB step 1}',
    'e.yaml:6:26  gpu.l2.capacity: the range "20 KiB..80 MiB step 1" has more than one unit; write it once, behind the last value: 20..80 MiB',
  ],
  'a range of a thousand million values': [
    '{seed: 1..1000000000}',
    'e.yaml:6:15  seed: the range "1..1000000000" makes 1,000,000,000 values, expected at most 10,000,000',
  ],
  'a step of nothing': ['{seed: 1..9 step 0}', 'e.yaml:6:15  seed: the range "1..9 step 0" got a step of 0, expected one above 0'],
  'a range in the wrong unit': [
    '{gpu.l2.capacity: 20..40 GHz step 20}',
    'e.yaml:6:26  gpu.l2.capacity: got "20 GHz", expected a number with a unit (B, KiB, MiB, GiB)',
  ],
  'a zip of lists of two lengths': ['{zip: {seed: [1, 2], l2: [warm]}}', 'e.yaml:6:14  sweep.zip: wants lists of one length; got seed 2, l2 1'],
  'a sample without a count': ['{random: {seed: 1, l2: [warm]}}', 'e.yaml:6:17  sweep.count: missing; expected a whole number from 1 to 10000000'],
  'an unknown axis of a sample': ['{latin: {count: 2, sede: 1..9}}', 'e.yaml:6:27  sede: no such parameter; did you mean "seed"?'],
  'an unknown axis of a list': ['{list: [{sede: 1}]}', 'e.yaml:6:17  sede: no such parameter; did you mean "seed"?'],
  'the same axis twice': ['{seed: [1], zip: {seed: [2]}}', 'e.yaml:6:26  seed: is an axis of this sweep already'],
  'a condition about an unknown parameter': [
    '{seed: [1], where: gpu.l2.capcity > 1 MiB}',
    'e.yaml:6:27  "gpu.l2.capcity > 1 MiB": gpu.l2.capcity: no such parameter; did you mean "capacity"?',
  ],
  'a condition that compares two things': [
    '{seed: [1], where: gpu.l2.capacity > 1 GHz}',
    'e.yaml:6:27  "gpu.l2.capacity > 1 GHz": B > Hz: these are different things',
  ],
  'a condition that ends too soon': ['{seed: [1], where: seed >}', 'e.yaml:6:27  "seed >": ends too soon'],
  'a condition that no point meets': ['{seed: [1], where: seed > 1}', 'e.yaml:1:1  sweep.where: leaves no point'],
};
for (const [title, [sweep, complaint]] of Object.entries(refused)) {
  test(`${title} is refused`, (t) => {
    const [first, ...others] = complaints({'e.yaml': experiment({patterns, sweep})});
    t.is(first, complaint);
    t.notRegex(others.join('\n'), /empty list/, 'what is wrong is said, not what follows from it');
  });
}
