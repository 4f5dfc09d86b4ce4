import test from 'ava';
import {experiment, read} from '../config/given.ts';
import type {Point} from '../point.ts';
import {simulate} from '../simulate.ts';
import {moved} from './perturb.ts';
import {effects, idealised, ranked, varied, withKernel} from './sensitivity.ts';

const pointOf = (workload: string) => read({'e.yaml': experiment({fidelity: 'bound', workload: `[${workload}]`})}).points[0]!;
const point = pointOf('{name: a, m: 256, n: 256, k: 256}');
const gpu = point.gpu.values;
const move = (path: string, by: number) => moved(gpu, by).find((one) => one.path === path);
const limitOf = (of: Point) => {
  const base = simulate(of);
  return ranked(
    base,
    idealised(withKernel(of, base)).map((one) => ({of: one.unit.name, result: simulate(one.point)})),
  )[0]!;
};

test('a parameter is moved by its share, a whole one by one at least', (t) => {
  t.is(move('dram.bandwidth', 0.1)!.gpu.dram.bandwidth, 1.1 * gpu.dram.bandwidth);
  t.is(move('sm.subcores', 0.1)!.gpu.sm.subcores, 5);
  t.is(move('sm.subcores', -0.1)!.change, -0.25);
  t.is(move('l2.capacity', 0.1)!.to, '44 MiB');
});
test('the SMs of every GPC, and the rows of the tensor core’s table, are moved together', (t) => {
  t.deepEqual(move('sm.gpcs', 0.1)!.gpu.sm.gpcs, [18, 18, 18, 18, 18, 15, 15]);
  t.deepEqual(
    move('tensorCore.mma.interval', -0.1)!.gpu.tensorCore.mma.map(({interval}) => interval),
    gpu.tensorCore.mma.map(({interval}) => interval * 0.9),
  );
});
test('what has no number, or would leave its range, is not moved', (t) => {
  t.is(move('subcore.policy', 0.1), undefined);
  t.is(move('sm.warps', 0.1), undefined);
  t.is(move('sm.warps', -0.1)!.gpu.sm.warps, 58);
});
test('only what is moved differs', (t) => {
  for (const one of moved(gpu, 0.1)) {
    const [box] = one.path.split('.') as [keyof typeof gpu];
    t.deepEqual({...one.gpu, [box]: gpu[box]}, gpu, one.path);
  }
});
test('a machine that cannot be built is left out', (t) => {
  const tight = {...point, gpu: {...point.gpu, values: {...gpu, l2: {...gpu.l2, capacity: 2 * 40 * 16 * 128}}}};
  const paths = varied(tight, 0.1).map((one) => `${one.move.path} ${Math.sign(one.move.change)}`);
  t.false(paths.includes('l2.capacity -1'));
  t.true(paths.includes('l2.capacity 1'));
});
test('a time that follows a parameter inversely has an elasticity of −1', (t) => {
  const base = {...simulate(point), time_us: 100};
  const at = (change: number) => ({
    of: {path: 'clock.frequency', from: '1 GHz', to: '', change, gpu},
    result: {...base, time_us: 100 / (1 + change)},
  });
  const [effect] = effects(base, [at(-0.1), at(0.1)]);
  t.true(Math.abs(effect!.elasticity + 1) < 1e-9);
});
test('a large dense GEMM is limited by the tensor cores', (t) => {
  t.is(limitOf(pointOf('{name: large, m: 4096, n: 5120, k: 5120}')).of, 'tensor cores');
});
test('a GEMM whose weights do not fit L2 is limited by DRAM', (t) => {
  t.is(limitOf(pointOf('{name: skinny, m: 16, n: 32768, k: 8192}')).of, 'DRAM');
});
test('with one unit ideal the others are made so on top of it', (t) => {
  const [first] = idealised(point);
  const second = idealised(point, [first!.unit]);
  t.false(second.some(({unit}) => unit === first!.unit));
  t.deepEqual(second[0]!.point.gpu.values.tensorCore, first!.point.gpu.values.tensorCore);
  t.is(second[0]!.point.axes['ideal'], `${first!.unit.name} + ${second[0]!.unit.name}`);
});
