import test from 'ava';
import {accuraciesOf, accuracyOf, countersOf} from './accuracy.ts';
import {fivePatterns, unmeasured} from './samples.ts';
import {study} from './study.ts';

const [some] = unmeasured(fivePatterns());
const pairs = (simulated: readonly number[], measured: readonly number[]) =>
  simulated.map((s, i) => ({result: {...some!, workload: `row ${i}`}, simulated: s, measured: measured[i]!}));
const near = (value: number | undefined, expected: number) => value !== undefined && Math.abs(value - expected) < 1e-12;

test('errors are relative to what was measured', (t) => {
  const accuracy = accuracyOf('all', pairs([110, 190, 300, 280], [100, 200, 300, 400]))!;
  t.true(near(accuracy.mape, (0.1 + 0.05 + 0 + 0.3) / 4));
  t.true(near(accuracy.median, 0.075));
  t.true(near(accuracy.p90, 0.1 + 0.7 * 0.2)); // between the third and the fourth of four
  t.true(near(accuracy.worst.error, -0.3));
  t.is(accuracy.worst.result.workload, 'row 3');
});

test('what is off by one factor everywhere is perfectly correlated', (t) => {
  const accuracy = accuracyOf('all', pairs([2, 20, 200], [1, 10, 100]))!;
  t.true(near(accuracy.r, 1) && near(accuracy.tau, 1));
});

test('r is of the logarithms: four decades in the wrong order but for two rows', (t) => {
  const accuracy = accuracyOf('all', pairs([1e4, 1e3, 1e1, 1e2], [1e1, 1e2, 1e3, 1e4]))!;
  t.true(near(accuracy.r, -0.8));
  t.true(near(accuracy.tau, -4 / 6));
});

test('tied rows count for neither order', (t) => {
  // Of the three pairs two are ordered alike and one is tied in what was measured: 2 / √(2 · 3).
  t.true(near(accuracyOf('all', pairs([1, 2, 3], [5, 5, 6]))!.tau, 2 / Math.sqrt(6)));
  t.is(accuracyOf('all', pairs([1, 2], [5, 5]))!.r, undefined);
});

test('patterns are compared each by itself, and by their speed-up over dense', (t) => {
  const [dense, half, other] = unmeasured(fivePatterns());
  const compared = [
    {...dense!, measured_us: dense!.time_us},
    {...half!, measured_us: half!.time_us / 1.25},
  ];
  const found = accuraciesOf(study([...compared, other!]));
  t.deepEqual(
    found.map(({name, rows, mape}) => [name, rows, Number(mape.toFixed(3))]),
    [
      ['all', 2, 0.125],
      ['dense', 1, 0],
      ['2:4', 1, 0.25],
      ['2:4 over dense', 1, 0.2],
    ],
  );
});

test('where nothing was measured there is nothing to say', (t) => t.deepEqual(accuraciesOf(study(unmeasured(fivePatterns()))), []));

test('counters of a profile are compared metric by metric, where they counted anything', (t) => {
  const [dense] = fivePatterns();
  const name = 'dram__bytes_read.sum';
  const profiled = {...dense!, measured_metrics: {[name]: dense!.metrics[name]! / 2, 'sm__inst_executed.sum': 0}};
  t.deepEqual(
    countersOf(study([profiled])).map((accuracy) => [accuracy.name, accuracy.rows, accuracy.mape]),
    [[name, 1, 1]],
  );
});
