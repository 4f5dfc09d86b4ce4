import test from 'ava';
import {complaints, experiment, read} from './given.ts';

const head = (name: string) => `name: ${name}\ndescription: a GPU for a test\n`;

test('a GPU is a name, the path of a file, written inline, or a list of these', (t) => {
  const files = {
    'gpus/small.yaml': `extends: a100-pcie-80gb\n${head('small')}l2: {capacity: 10 MiB}\n`,
    'e.yaml': experiment({gpu: '[a100-pcie-80gb, gpus/small.yaml, {extends: gpus/small.yaml, dram: {bandwidth: 1 TB/s}}]'}),
  };
  const {points} = read(files);
  t.deepEqual(
    points.map(({gpu}) => gpu.name),
    ['a100-pcie-80gb', 'small', 'small (dram.bandwidth=1 TB/s)'],
  );
  t.deepEqual(
    points.slice(1).map(({gpu}) => gpu.values.l2.capacity / 2 ** 20),
    [10, 10],
  );
  t.is(points[2]!.gpu.values.dram.bandwidth, 1e12);
});
test('what a file extends is looked for from that file, and later wins', (t) => {
  const files = {
    'base/b.yaml': `extends: a100-pcie-80gb\n${head('b')}l2: {capacity: 10 MiB}\ndram: {bandwidth: 1 TB/s}\n`,
    'over/o.yaml': `extends: ../base/b.yaml\n${head('o')}l2: {capacity: 20 MiB}\n`,
    'e.yaml': experiment({gpu: 'over/o.yaml'}),
  };
  const {name, values} = read(files).points[0]!.gpu;
  t.deepEqual([name, values.l2.capacity, values.dram.bandwidth], ['o', 20 * 2 ** 20, 1e12]);
});
test('a problem in a file that is extended is reported in that file, with the others', (t) => {
  const files = {
    'b.yaml': `extends: a100-pcie-80gb\n${head('b')}l2:\n  capcity: 10 MiB\n`,
    'e.yaml': experiment({gpu: '{extends: b.yaml, dram: {bandwith: 1 TB/s}}'}),
  };
  t.deepEqual(complaints(files), [
    'b.yaml:5:3  l2.capcity: no such parameter; did you mean "capacity"?',
    'e.yaml:2:31  gpu.dram.bandwith: no such parameter; did you mean "bandwidth"?',
  ]);
});
test('files that extend each other in a circle are shown as one', (t) => {
  const files = {
    'a.yaml': `extends: b.yaml\n${head('a')}`,
    'b.yaml': `extends: c.yaml\n${head('b')}`,
    'c.yaml': `extends: a.yaml\n${head('c')}`,
    'e.yaml': experiment({gpu: 'a.yaml'}),
  };
  t.deepEqual(complaints(files), ['c.yaml:1:10  extends: goes in a circle: a.yaml → b.yaml → c.yaml → a.yaml']);
});
test('a file does not inherit its name and description', (t) => {
  const files = {'b.yaml': 'extends: a100-pcie-80gb\n', 'e.yaml': experiment({gpu: 'b.yaml'})};
  t.deepEqual(complaints(files), ['b.yaml:1:1  name: missing; expected a text', 'b.yaml:1:1  description: missing; expected a text']);
});
test('a GPU has no defaults: what is missing is named', (t) => {
  const lines = complaints({'b.yaml': `${head('b')}l2: {capacity: 1 MiB}\n`, 'e.yaml': experiment({gpu: 'b.yaml'})});
  t.true(
    lines.some((line) => line.startsWith('b.yaml:1:1  dram: missing; expected a mapping of bandwidth')),
    lines.join('\n'),
  );
});
test('the GPU of a missing file is reported where it is named', (t) => {
  t.deepEqual(complaints({'e.yaml': experiment({gpu: 'gpus/none.yaml'})}), ['e.yaml:2:6  gpu: gpus/none.yaml does not exist']);
});
test('what is no GPU says what one is', (t) => {
  t.regex(
    complaints({'e.yaml': experiment({gpu: '40'})})[0]!,
    /^e\.yaml:2:6 {2}gpu: got 40, expected the name of a GPU \(.*\), or the path of its \.yaml file$/,
  );
  t.regex(complaints({'e.yaml': experiment({gpu: '[]'})})[0]!, /^e\.yaml:2:6 {2}gpu: got an empty list/);
});
