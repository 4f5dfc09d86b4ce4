import test from 'ava';
import {experiment, read} from '../config/given.ts';
import {jobOf} from '../job.ts';
import {play} from './gpu.ts';

const dense = '{type: dense}';
const tw = '{type: tw, sparsity: 0.75, granularity: 128}';
const square = '{tile: [128, 128, 32], warps: [2, 2], stages: 2, indexAhead: 0}';
const sc20 = '{tile: [128, 128, 32], warps: [2, 2], stages: 2, indexAhead: 0, epilogue: elements}';
const small = '{tile: [64, 64, 32], warps: [2, 2], stages: 2, indexAhead: 0, splitK: 3}';
const wide = '{tile: [128, 256, 32], warps: [2, 4], stages: 2, indexAhead: 0}';

const cases = [
  [1280, 768, 384, dense, square, 'fused'],
  [640, 768, 768, tw, square, 'fused'],
  [777, 901, 555, dense, wide, 'fused'],
  [64, 1024, 2560, dense, small, 'fused'],
  [1280, 768, 384, tw, sc20, 'streams'],
  [1280, 512, 256, dense, sc20, 'fused'],
] as const;

test('detailed plays the double-buffered kernel of a V100 as reference does: 3 % of the time on average, 5 at worst, the same bytes', (t) => {
  const off: number[] = [];
  for (const [m, n, k, pattern, kernel, launch] of cases) {
    const name = `${m}×${n}×${k} ${pattern} ${kernel}`;
    const workload = `[{name: a, m: ${m}, n: ${n}, k: ${k}}]`;
    const point = read({'e.yaml': experiment({gpu: 'v100-pcie-32gb', workload, patterns: `[${pattern}]`, kernel, launch})}).points[0]!;
    const {trace} = jobOf(point);
    const [detailed, reference] = (['detailed', 'reference'] as const).map((fidelity) =>
      play(trace, point.gpu.values, {elementType: 'f16', l2: 'warm', fidelity}),
    );
    const error = Math.abs(detailed!.cycles / reference!.cycles - 1);
    off.push(error);
    t.true(error <= 0.05, `${name}: ${detailed!.cycles} cycles, reference ${reference!.cycles}`);
    t.deepEqual(detailed!.requested, reference!.requested, name);
    t.deepEqual([detailed!.instructions, detailed!.mmas, detailed!.stored], [reference!.instructions, reference!.mmas, reference!.stored], name);
  }
  const mean = off.reduce((a, b) => a + b, 0) / off.length;
  t.log(`${(100 * mean).toFixed(2)} % on average, ${(100 * Math.max(...off)).toFixed(2)} % at worst`);
  t.true(mean <= 0.03);
});

test('every K tile of a V100’s kernel is loaded once: activations for each tile of weights, weights for each tile of tokens', (t) => {
  const experimentOf = experiment({gpu: 'v100-pcie-32gb', workload: '[{name: a, m: 640, n: 384, k: 320}]', patterns: `[${dense}]`, kernel: square});
  const point = read({'e.yaml': experimentOf}).points[0]!;
  const {requested, stored, weightRegisters, mmas} = play(jobOf(point).trace, point.gpu.values, {
    elementType: 'f16',
    l2: 'cold',
    fidelity: 'detailed',
  });
  t.deepEqual([requested.activation, requested.weight], [3 * 640 * 320 * 2, 5 * 384 * 320 * 2]);
  t.is(stored, 640 * 384 * 2);
  t.is(mmas, (640 * 384 * 320) / (16 * 16 * 4));
  // Two warps share each weight, and lanes hold it twice; the last K tile's first fragments come a round early.
  t.is(weightRegisters.values, 2 * 2 * 5 * 384 * 320 * 2);
});
