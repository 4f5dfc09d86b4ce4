import test from 'ava';
import {experiment, read} from '../config/given.ts';
import {jobOf} from '../job.ts';
import {play} from './gpu.ts';

/** Cycles at which the CTAs of one SM end, by number: four that begin together, with a warp of each on every sub-core. */
function ends(policy: string, fidelity: 'detailed' | 'reference'): readonly number[] {
  const point = read({
    'e.yaml': experiment({
      gpu: `{extends: rtx-3090, sm: {gpcs: [1]}, subcore: {policy: ${policy}}}`,
      workload: '[{name: a, m: 256, n: 128, k: 1024}]',
      patterns: '[{type: vw, n: 2, m: 4}]',
      kernel: '{tile: [64, 128, 32], warps: [1, 4], stages: 2, raster: weights, loop: spatha}',
    }),
  }).points[0]!;
  const times: number[] = [];
  const ended = (cta: number, _sm: number, _slot: number, time: number): void => void (times[cta] = time);
  play(jobOf(point).trace, point.gpu.values, {elementType: 'f16', l2: 'warm', fidelity, probes: [{ended}]});
  return times;
}

test('of four CTAs on an SM the youngest has the tensor pipes first and the oldest what is left, in detailed as in reference', (t) => {
  for (const fidelity of ['detailed', 'reference'] as const) {
    const [oldest, , , youngest] = ends('greedy-youngest', fidelity);
    t.true(youngest! < 0.9 * oldest!, `${fidelity}: ${youngest}, ${oldest}`);
    const [first, , , last] = ends('greedy-oldest', fidelity);
    t.true(first! < 0.9 * last!, `${fidelity}: ${first}, ${last}`);
  }
});

test('who waits in turn ends together', (t) => {
  const times = ends('round-robin', 'detailed');
  t.true(Math.min(...times) > 0.9 * Math.max(...times), times.join());
});
