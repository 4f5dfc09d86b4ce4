import test from 'ava';
import {experiment, read} from '../config/given.ts';
import {simulate} from '../simulate.ts';
import type {Effect, Waterfall} from '../stats/waterfall.ts';
import {denseOf, denseSide, refuseWaterfall, waterfallOf} from './waterfall.ts';

const {points} = read({
  'e.yaml': experiment({
    workload: '[{name: ffn, m: 512, n: 384, k: 512}]',
    patterns: '[{type: dense}, {type: vw}, {type: tw, sparsity: 0.75, granularity: 64}, {type: tvw, sparsity: 0.75, granularity: 64}]',
    kernel: 'auto',
  }),
});
const [densePoint, vw, tw, tvw] = points;
const dense = denseSide(denseOf(vw!));
const fallOf = new Map([vw!, tw!, tvw!].map((point) => [point, waterfallOf(point, dense)]));
const sum = (fall: Waterfall, of: 'cycles' | 'time_ps') => fall.bars.reduce((total, bar) => total + bar[of], 0);
const names = (fall: Waterfall): readonly Effect[] => fall.bars.flatMap(({effects}) => effects);
const cyclesOf = (fall: Waterfall, effect: Effect) => fall.bars.find(({effects}) => effects.includes(effect))!.cycles;

test('the dense kernel and the bars make the pattern, to the cycle and to the picosecond', (t) => {
  for (const fall of fallOf.values()) {
    t.is(fall.dense.cycles + sum(fall, 'cycles'), fall.pattern.cycles);
    t.is(fall.dense.time_ps + sum(fall, 'time_ps'), fall.pattern.time_ps);
  }
});

test('both ends are the results that run writes', (t) => {
  for (const [point, fall] of fallOf) {
    const [from, to] = [simulate(densePoint!), simulate(point)];
    t.deepEqual([fall.dense.digest, fall.pattern.digest], [from.digest, to.digest]);
    t.deepEqual([fall.dense.cycles, fall.pattern.cycles], [from.cycles, to.cycles]);
    t.is(Math.round(to.time_us * 1e6), fall.pattern.time_ps);
  }
});

test('a pattern has the bars of what it does, and no other', (t) => {
  const [ofVw, ofTw, ofTvw] = [vw!, tw!, tvw!].map((point) => names(fallOf.get(point)!));
  const has = (of: readonly Effect[], ...effects: readonly Effect[]) => effects.map((effect) => of.includes(effect));
  t.deepEqual(has(ofVw!, 'vector', 'shared_metadata', 'l2_metadata', 'index', 'imbalance'), [true, true, true, false, false]);
  t.deepEqual(has(ofTw!, 'l2_metadata', 'index', 'index_wait', 'l2_activations', 'multiplications'), [false, true, true, true, true]);
  t.true(has(ofTvw!, 'vector', 'l2_metadata', 'index', 'shared_activations', 'multiplications').every(Boolean));
});

test('multiplications that are not made make a pattern faster, by the time that the tensor pipes need for them', (t) => {
  const {k, n} = tw!.workload as {k: number; n: number};
  const saved = cyclesOf(fallOf.get(tw!)!, 'multiplications') / ((512 * k * n) / (16 * 8 * 16) / (108 * 4)) / 8;
  t.true(saved < -0.7 && saved > -0.8, `${saved} of the dense multiplications, at 8 cycles for an m16n8k16`);
  t.true(cyclesOf(fallOf.get(vw!)!, 'vector') < 0);
  t.is(cyclesOf(fallOf.get(vw!)!, 'multiplications'), 0);
});

test('what no other bar explains is less than 5 % of the dense kernel', (t) => {
  for (const fall of fallOf.values()) t.true(Math.abs(cyclesOf(fall, 'loop')) < 0.05 * fall.dense.cycles);
});

test('from an empty L2 the bars of DRAM are those of what is read from it', (t) => {
  const cold = {...tw!, l2: 'cold' as const};
  const fall = waterfallOf(cold, denseSide(denseOf(cold)));
  t.is(fall.dense.cycles + sum(fall, 'cycles'), fall.pattern.cycles);
  const dram = fall.bars.filter(({effects: [effect]}) => effect!.startsWith('dram_'));
  t.true(dram.some(({cycles}) => cycles !== 0));
});

test('the same point has the same waterfall', (t) => t.deepEqual(waterfallOf(tw!, dense), fallOf.get(tw!)));

test('ablations are played as their point is: at the same clock its own trace takes its own cycles', (t) => {
  const unlimited = {...tw!.gpu, values: {...tw!.gpu.values, power: {...tw!.gpu.values.power, limit: 1e4}}};
  for (const fidelity of ['detailed', 'reference'] as const) {
    const point = {...tw!, gpu: unlimited, fidelity};
    const fall = waterfallOf(point, denseSide(denseOf(point)));
    t.deepEqual([cyclesOf(fall, 'clock'), fall.bars.at(-1)!.time_ps], [0, 0], fidelity);
  }
});

test('a point without a waterfall says why', (t) => {
  t.is(refuseWaterfall(tw!), undefined);
  t.regex(refuseWaterfall(densePoint!)!, /dense kernel itself/);
  t.regex(refuseWaterfall({...tw!, fidelity: 'bound'})!, /fidelity: detailed, and this is bound/);
  t.regex(refuseWaterfall({...tw!, workload: {trace: 'x.tvt'}})!, /trace file/);
});
