import test from 'ava';
import {complaints, experiment, read} from './given.ts';

const small = {'e.yaml': experiment({patterns: '[{type: dense}, {type: tw, sparsity: 0.5, granularity: 128}]'})};
const coordinates = (options: Parameters<typeof read>[1], files = small) => read(files, options).points.map(({axes}) => axes);

test('a sweep is the grid of its axes, each point with its coordinates as they were written', (t) => {
  const files = {'e.yaml': experiment({sweep: '{gpu.l2.capacity: [20 MiB, 40 MiB], seed: [1, 2]}'})};
  t.deepEqual(coordinates({}, files), [
    {'gpu.l2.capacity': '20 MiB', seed: '1'},
    {'gpu.l2.capacity': '20 MiB', seed: '2'},
    {'gpu.l2.capacity': '40 MiB', seed: '1'},
    {'gpu.l2.capacity': '40 MiB', seed: '2'},
  ]);
  t.deepEqual(
    read(files).points.map(({gpu}) => gpu.values.l2.capacity / 2 ** 20),
    [20, 20, 40, 40],
  );
});
test('an axis of a parameter that a pattern does not have leaves that pattern one point', (t) => {
  t.deepEqual(coordinates({axes: ['pattern.sparsity=0.5,0.75']}), [{}, {'pattern.sparsity': '0.5'}, {'pattern.sparsity': '0.75'}]);
});
test('points that differ in nothing are one point', (t) => {
  t.is(coordinates({axes: ['seed=1,1,1']}).length, 2);
  t.is(read({'e.yaml': experiment({patterns: '[{type: dense}, {type: dense}]'})}).points.length, 1);
});
test('the same experiment expands to the same points in the same order', (t) => {
  const options = {axes: ['seed=3,1,2', 'gpu.dram.bandwidth=1 TB/s,2 TB/s']};
  t.deepEqual(read(small, options).points, read(small, options).points);
});
test('several parameters of a box move together when an axis takes mappings', (t) => {
  const {points} = read(small, {axes: ['gpu.l2={capacity: 10 MiB},{capacity: 30 MiB}']});
  t.deepEqual(
    points.map(({gpu}) => gpu.values.l2.capacity / 2 ** 20),
    [10, 10, 30, 30],
  );
});
test('an axis of GPUs is a list of them', (t) => {
  const {points} = read(small, {axes: ['gpu=a100-pcie-80gb,{extends: a100-pcie-80gb, name: other}']});
  t.deepEqual(
    points.map(({gpu}) => gpu.name),
    ['a100-pcie-80gb', 'a100-pcie-80gb', 'other', 'other'],
  );
});

test('--set replaces a key, a value inside a GPU, a pattern or a workload', (t) => {
  const {points} = read(small, {
    set: ['seed=7', 'gpu.l2.capacity=20 MiB', 'pattern.sparsity=0.875', 'workload.m=64', 'patterns=[{type: tw, sparsity: 0.5, granularity: 128}]'],
  });
  t.is(points.length, 1);
  t.like(points[0], {seed: 7, workload: {m: 64}, pattern: {values: {sparsity: 0.875}}, axes: {}});
  t.is(points[0]!.gpu.values.l2.capacity, 20 * 2 ** 20);
});
test('a GPU that --set changed says so in its name', (t) => {
  t.is(read(small, {set: ['gpu.l2.capacity=20 MiB']}).points[0]!.gpu.name, 'a100-pcie-80gb (l2.capacity=20 MiB)');
});
test('--set of a swept parameter takes its axis away', (t) => {
  const files = {'e.yaml': experiment({sweep: '{seed: [1, 2, 3]}'})};
  t.deepEqual(
    read(files, {set: ['seed=9']}).points.map(({seed}) => seed),
    [9],
  );
});
test('--set of the sweep itself takes all of it away', (t) => {
  const files = {'e.yaml': experiment({sweep: '{seed: [1, 2, 3], fidelity: [bound, detailed]}'})};
  t.is(read(files, {set: ['sweep={}']}).points.length, 1);
});
test('--axis of a swept parameter takes the place of its axis', (t) => {
  const files = {'e.yaml': experiment({sweep: '{seed: [1, 2, 3]}'})};
  t.deepEqual(
    read(files, {axes: ['seed=8,9']}).points.map(({seed}) => seed),
    [8, 9],
  );
});
test('a kernel is swept whole or by its parameters', (t) => {
  const kernel = '{tile: [128, 128, 32], warps: [2, 2], stages: 3}';
  const stages = read(small, {set: [`kernel=${kernel}`], axes: ['kernel.stages=3,4']}).points.map((point) =>
    point.kernel === 'auto' ? 0 : point.kernel.stages,
  );
  t.deepEqual(stages, [3, 3, 4, 4]);
  t.deepEqual(
    read(small, {axes: [`kernel=auto,${kernel}`]}).points.map((point) => point.kernel === 'auto'),
    [true, true, false, false],
  );
});

const says = test.macro((t, options: Parameters<typeof complaints>[1], ...expected: readonly string[]) => {
  t.deepEqual(complaints(small, options), expected);
});
const sweeps = test.macro((t, sweep: string, ...expected: readonly string[]) => {
  t.deepEqual(complaints({'e.yaml': experiment({sweep})}), expected);
});

test(
  'an unknown path names the nearest one',
  says,
  {set: ['gpu.l2.capcity=40 MiB']},
  '--set gpu.l2.capcity=40 MiB  gpu.l2.capcity: no such parameter; did you mean "capacity"?',
);
test(
  'a path that lacks its beginning is completed',
  says,
  {set: ['dram.bandwidth=1 TB/s']},
  '--set dram.bandwidth=1 TB/s  dram.bandwidth: no such parameter; did you mean "gpu.dram.bandwidth"?',
);
test(
  'a wrong value of --set is reported there',
  says,
  {set: ['gpu.l2.capacity=40']},
  '--set gpu.l2.capacity=40  gpu.l2.capacity: got 40, expected a number with a unit (B, KiB, MiB, GiB)',
);
test(
  'an option without a value says how it is written',
  says,
  {set: ['seed'], axes: ['=1']},
  '--axis =1  expected PATH=VALUE,VALUE…, such as seed=1,2',
  '--set seed  expected PATH=VALUE, such as seed=2',
);
test(
  'a parameter of a kernel that is auto cannot be set',
  says,
  {set: ['kernel.stages=3']},
  '--set kernel.stages=3  kernel.stages: kernel is auto, which chooses for itself; write the kernel out to set a part of it',
);
test(
  'an unknown axis is reported at its key',
  sweeps,
  '{gpu.l2.capcity: [20 MiB]}',
  'e.yaml:6:9  gpu.l2.capcity: no such parameter; did you mean "capacity"?',
);
test(
  'a wrong value of an axis is reported at the value',
  sweeps,
  '{gpu.l2.capacity: [20 MiB, 40 GHz]}',
  'e.yaml:6:35  gpu.l2.capacity: got "40 GHz", expected a number with a unit (B, KiB, MiB, GiB)',
);
test('an axis wants a list', sweeps, '{seed: 3}', 'e.yaml:6:15  seed: got 3, expected a list of values');
test('an axis wants a value', sweeps, '{seed: []}', 'e.yaml:6:15  seed: got an empty list, expected a list of values');
test(
  'a path is written in one piece',
  sweeps,
  '{gpu: {l2: [1]}}',
  'e.yaml:6:14  gpu: got a mapping, expected a list of values; a path is written in one piece, such as gpu.l2: [VALUE, …]',
);
test('a sweep is a mapping', sweeps, '[seed]', 'e.yaml:6:8  sweep: got the list [seed], expected {PATH: [VALUE, …]}');
test(
  'an axis that no pattern of the experiment has is refused',
  sweeps,
  '{pattern.sparsity: [0.5]}',
  'e.yaml:6:9  pattern.sparsity: none of the patterns here has a sparsity',
);
test('more points than anyone simulates are a slip', (t) => {
  const many = Array.from({length: 400}, (_, i) => i + 1).join(',');
  const [line] = complaints(small, {axes: [`seed=${many}`, `workload.m=${many}`]});
  t.true(line!.endsWith('sweep: makes 320,000 points; more than 100,000 are simulated only with --yes'), line);
});
