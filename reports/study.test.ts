import test from 'ava';
import {fivePatterns, sweep} from './samples.ts';
import {groupsOf, study} from './study.ts';

test('a sweep of two workloads over two capacities makes four groups, each with its own dense', (t) => {
  const groups = groupsOf(study(sweep()));
  t.is(groups.length, 4);
  for (const members of groups) {
    t.is(members.length, 5);
    t.is(members[0]!.speedup, 1);
    t.true(members.every((p) => p.dense === members[0]!.result));
  }
});

test('one group needs no name', (t) => t.is(study(fivePatterns())[0]!.group.label, ''));

test('a group is named by what tells it from the others, and by no more', (t) => {
  const labels = groupsOf(study([...fivePatterns(), ...fivePatterns({gpu: 'rtx-3090', slower: 3})])).map(([p]) => p!.group.label);
  t.deepEqual(labels, ['a100-pcie-80gb', 'rtx-3090']);
});

test('patterns of the same label are told apart by the parameter that differs', (t) => {
  const [dense, , tw] = fivePatterns();
  const finer = {...tw!, digest: 'another', pattern: {...tw!.pattern, granularity: 64}};
  t.deepEqual(
    study([dense!, tw!, finer]).map((p) => p.name),
    ['dense', 'TW 75 %, G 128', 'TW 75 %, G 64'],
  );
});

test('points of a swept sparsity stand beside the one dense point, which has none', (t) => {
  const [dense, , , tvw] = fivePatterns();
  const swept = [0.75, 0.8].map((sparsity) => ({
    ...tvw!,
    digest: String(sparsity),
    pattern: {type: 'tvw', label: `TVW ${100 * sparsity} %`, sparsity},
    axes: {'pattern.sparsity': String(sparsity)},
  }));
  t.true(study([dense!, ...swept]).every((p) => p.dense === dense));
});

test('a swept setting is named once', (t) => {
  const [dense] = fivePatterns();
  const points = ['warm', 'cold'].map((l2) => ({...dense!, digest: l2, l2, axes: {l2}}));
  t.deepEqual(
    study(points).map((p) => p.group.label),
    ['L2 warm', 'L2 cold'],
  );
});

test('two points that nothing tells apart get a number', (t) => {
  const [dense] = fivePatterns();
  t.deepEqual(
    study([dense!, {...dense!, digest: 'another'}]).map((p) => p.name),
    ['dense', 'dense (2)'],
  );
});

test('the same result twice, as after a resumed run, is one point', (t) => t.is(study([...fivePatterns(), ...fivePatterns()]).length, 5));
