import test from 'ava';
import {experiment, read} from '../config/given.ts';
import {budgetText, predictedSeconds, predictedTogether, withinBudget} from './budget.ts';

const point = (size: number, patterns = '[{type: dense}]') =>
  read({'e.yaml': experiment({workload: `[{name: cube, m: ${size}, n: ${size}, k: ${size}}]`, patterns})}).points[0]!;
const chosen = (size: number, seconds: number, patterns?: string) => withinBudget(point(size, patterns), seconds).fidelity;

test('a point is simulated as faithfully as the budget allows', (t) => {
  t.is(chosen(1024, 10), 'detailed');
  t.is(chosen(8192, 10), 'sampled');
  t.is(chosen(8192, 0.01), 'bound');
  t.is(chosen(8192, 3600), 'detailed');
});

test('what is pruned costs less, and may be simulated in detail', (t) => {
  const half = (4096 ** 3 / 1e10) * 0.5;
  t.is(chosen(4096, half), 'sampled');
  t.is(chosen(4096, half, '[{type: tw, sparsity: 0.75, granularity: 128}]'), 'detailed');
});

test('the choice is told, with what it costs in accuracy', (t) => {
  const points = [1024, 1024, 8192].map((size) => withinBudget(point(size), 10));
  t.is(budgetText(points, 10), 'budget of 10 s a point: 2 detailed (every CTA), 1 sampled (time within the interval given with it, 2 % on average)');
});

test('points that differ in hardware alone take less together than one by one; those that differ in shape do not', (t) => {
  const sampled = (gpu: string, m: number) =>
    read({'e.yaml': experiment({gpu, workload: `[{name: a, m: ${m}, n: 4096, k: 4096}]`, fidelity: 'sampled'})}).points[0]!;
  const bandwidths = [1000, 2000].map((rate) => sampled(`{extends: a100-pcie-80gb, dram: {bandwidth: ${rate} GB/s}}`, 4096));
  const shapes = [4096, 8192].map((m) => sampled('a100-pcie-80gb', m));
  const alone = (points: typeof shapes) => points.reduce((sum, point) => sum + predictedSeconds(point), 0);
  t.true(predictedTogether(bandwidths) < 0.8 * alone(bandwidths));
  t.is(predictedTogether(shapes), alone(shapes));
});
