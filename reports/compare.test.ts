import test from 'ava';
import {compare, refuseComparison} from './compare.ts';
import {fivePatterns} from './samples.ts';

const [dense, vw] = fivePatterns();

test('the causes add up to the difference of the cycles', (t) => {
  const {causes} = compare(dense!, vw!);
  t.is(
    causes.reduce((sum, {before, after}) => sum + after - before, 0),
    vw!.cycles - dense!.cycles,
  );
  const sizes = causes.map(({before, after}) => Math.abs(after - before));
  t.deepEqual(
    sizes,
    [...sizes].toSorted((a, b) => b - a),
  );
});

test('parameters that differ are named by path, and only those', (t) =>
  t.deepEqual(
    compare(dense!, vw!).parameters.map(({name}) => name),
    ['pattern.type', 'pattern.n', 'pattern.m'],
  ));

test('a result is the same as itself', (t) => {
  const {isSame, parameters, causes, metrics} = compare(dense!, dense!);
  t.deepEqual([isSame, parameters, causes, metrics], [true, [], [], []]);
});

test('other extents are other work', (t) => t.regex(refuseComparison(dense!, {...vw!, k: 1})!, /^different work: /));
