import {join} from 'node:path';
import test from 'ava';
import {packageRoot} from './config/source.ts';
import {readExperiment} from './experiment.ts';
import {simulate} from './simulate.ts';

/** Mean absolute errors of experiments/validation when they were last looked at, as shares. */
const known = {
  'a100-pcie-80gb-sampled.yaml': {times: 64, dense: 0.055, vw: 0.048},
  'a100-pcie-80gb-int8.yaml': {times: 32, dense: 0.087, vw: 0.087},
};
/** A point: more is a step back. */
const worse = 0.01;

for (const [file, {times, ...errors}] of Object.entries(known)) {
  test(`${times} published times on an A100 (${file}) are met as well as they were, to a point of the mean error`, (t) => {
    t.timeout(300_000);
    const {points} = readExperiment(join(packageRoot, 'experiments', 'validation', file));
    t.is(points.length, times);
    const all = points.map((point) => ({pattern: point.pattern.type, error: Math.abs(simulate(point).time_us / point.measured_us! - 1)}));
    for (const [pattern, is] of Object.entries(errors)) {
      const own = all.filter((one) => one.pattern === pattern);
      const mape = own.reduce((sum, {error}) => sum + error, 0) / own.length;
      t.log(`${pattern}: ${(100 * mape).toFixed(1)} % of ${own.length} times`);
      t.true(mape <= is + worse, `${pattern}: ${mape}, was ${is}`);
    }
  });
}
