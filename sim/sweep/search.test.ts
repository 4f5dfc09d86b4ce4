import test from 'ava';
import fc from 'fast-check';
import {experiment, read} from '../config/given.ts';
import {BadInput} from '../config/problem.ts';
import type {Point} from '../point.ts';
import {simulate} from '../simulate.ts';
import type {Result} from '../stats/result.ts';
import {objectiveOf, requirementOf} from './objective.ts';
import {paretoFront} from './pareto.ts';
import {search} from './search.ts';

test('a row that another beats is not on the front', (t) => {
  t.deepEqual(
    paretoFront([
      [2, 2],
      [1, 3],
      [3, 1],
      [3, 3],
      [2, 3],
    ]),
    [1, 0, 2],
  );
});
test('the front is what no row beats, and every other row is beaten by one on it', (t) => {
  const rows = fc.array(fc.array(fc.integer({min: 0, max: 5}), {minLength: 3, maxLength: 3}), {maxLength: 40});
  const beats = (a: readonly number[], b: readonly number[]) => a.every((v, i) => v <= b[i]!) && a.some((v, i) => v < b[i]!);
  fc.assert(
    fc.property(rows, (all) => {
      const front = new Set(paretoFront(all));
      return all.every(
        (row, i) => front.has(i) !== [...front].some((one) => beats(all[one]!, row)) && front.has(i) === !all.some((other) => beats(other, row)),
      );
    }),
  );
  t.pass();
});

const points = read({'e.yaml': experiment({sweep: '{seed: 1..20}'})}).points;
const sample = simulate({...points[0]!, fidelity: 'bound'});
/** A machine on which seed s takes s µs at the bound, and what `slower` says more when simulated. */
const machine =
  (slower: (seed: number) => number, asked: Point[] = []) =>
  async (all: readonly Point[]) => {
    asked.push(...all);
    return all.map(({seed, fidelity}): Result => ({...sample, seed, fidelity, time_us: fidelity === 'bound' ? seed : seed + slower(seed)}));
  };
const time = objectiveOf('time_us', '--minimize');
const all = {objective: time, meets: () => true, tries: 100, workers: 2};
const detailed = (asked: readonly Point[]) => asked.filter(({fidelity}) => fidelity === 'detailed').map(({seed}) => seed);

test('what its bound rules out is never simulated', async (t) => {
  const asked: Point[] = [];
  const found = await search(
    points,
    machine(() => 3.5, asked),
    all,
  );
  t.is(found.best!.seed, 1);
  t.deepEqual(detailed(asked), [1, 2, 3, 4]);
  t.like(found, {left: 16, ruledOut: 16, least: undefined});
});
test('the best is found even where the bound misleads', async (t) => {
  const found = await search(
    points,
    machine((seed) => (seed === 9 ? 0.5 : 10)),
    all,
  );
  t.is(found.best!.seed, 9);
  t.is(found.left, found.ruledOut);
});
test('when all tries are spent, it is said what may be left', async (t) => {
  const found = await search(
    points,
    machine(() => 8.5),
    {...all, tries: 4},
  );
  t.is(found.simulated.length, 4);
  t.like(found, {left: 16, ruledOut: 11, least: 5});
});
test('what does not meet the requirements is no best', async (t) => {
  const found = await search(
    points,
    machine(() => 0),
    {...all, meets: requirementOf(['time_us > 5'], '--under')},
  );
  t.is(found.best!.seed, 6);
});
test('by another metric nothing is ruled out', async (t) => {
  const found = await search(
    points,
    machine(() => 0),
    {...all, objective: objectiveOf('tvw.energy', '--minimize'), tries: 20},
  );
  t.is(found.simulated.length, 20);
});
test('a metric that is not there names the nearest', (t) => {
  const {message} = t.throws(() => objectiveOf('tvw.enery', '--by'), {instanceOf: BadInput});
  t.is(message, '--by tvw.enery  no such metric; did you mean "tvw.energy"?');
  t.throws(() => requirementOf(['tme_us < 3'], '--under'), {message: /did you mean "time_us"/});
});
