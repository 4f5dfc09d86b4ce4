import test from 'ava';
import {reasonNames} from '../stats/ledger.ts';
import {made, twoByTwo} from '../trace/given.ts';
import {kernel} from './microbench/kernel.ts';
import {a100, cyclesPerTurn, playOn, v100} from './microbench/machine.ts';
import {within} from './microbench/within.ts';
import {topologyOf} from './topology.ts';

const gpu = a100();
const {gpcOfSm} = topologyOf(gpu.sm.gpcs, gpu.l2.partitions);

/** The SM of every CTA, in the order in which they started. */
function placesOf(ctas: number, warps: number, instructions = 10): {sm: number; time: number}[] {
  const places: {sm: number; time: number}[] = [];
  const probe = {started: (_cta: number, sm: number, _slot: number, time: number) => places.push({sm, time})};
  playOn(gpu, kernel({body: [{op: 'ALU', count: instructions}], turns: 1, ctas, warps}), {probes: [probe]});
  return places;
}

test('__syncthreads takes 21 cycles and 2 more a warp', (t) => {
  for (const warps of [1, 2, 4, 8, 16, 32]) {
    const cycles = cyclesPerTurn(gpu, (turns) => kernel({body: [{op: 'BAR'}], turns, warps}), 10, 60);
    within(t, `${warps} warps`, cycles, 21 + 2 * warps);
  }
});

test('a barrier that the other warps have long reached costs the last one 23 cycles', (t) => {
  const late = (warp: number) => (warp === 0 ? [{op: 'ALU', count: 100} as const, {op: 'BAR'} as const] : [{op: 'BAR'} as const]);
  const cycles = cyclesPerTurn(gpu, (turns) => kernel({body: late, turns, warps: 8}), 10, 60);
  within(t, 'a turn', cycles, 200 + 23, 0.02);
});

test('CTAs go to one SM of every GPC in turn, and to every SM before any gets a second', (t) => {
  const places = placesOf(216, 8);
  t.is(new Set(places.slice(0, 7).map(({sm}) => gpcOfSm[sm])).size, 7);
  t.is(new Set(places.slice(0, 108).map(({sm}) => sm)).size, 108);
  t.is(new Set(places.slice(108).map(({sm}) => sm)).size, 108);
});

test('one CTA more than the SMs hold waits for a place, and makes a second wave', (t) => {
  const cycles = (ctas: number): number => playOn(gpu, kernel({body: [{op: 'ALU', count: 10_000}], turns: 1, ctas, warps: 32})).cycles;
  within(t, 'one wave', cycles(216), 8 * 2 * 10_000 * 2, 0.02);
  within(t, 'the second', cycles(217) - cycles(216), 8 * 10_000 * 2, 0.02);
});

test('an SM whose CTA has ended, with none left, is charged to the tail, not to the launch', (t) => {
  const {trace} = made({m: 1280, n: 768, k: 768, pattern: {type: 'tw', values: {sparsity: 0.75, granularity: 128}}});
  const {ctas} = trace.launches[0]!.grid;
  const run = playOn(gpu, trace);
  const launch = reasonNames.indexOf('launch');
  const latest = gpu.scheduler.startLatency + ctas * gpu.scheduler.interval + 1;
  for (const row of run.ledger) t.true(row[launch]! <= latest * gpu.sm.subcores);
  t.true(run.ledger.some((row) => row[reasonNames.indexOf('tail')]! > 0));
});

test('kernels of different streams share the GPU, unless it takes one at a time: then each waits for the one before it', (t) => {
  const choice = {m: 640, n: 512, k: 64, pattern: {type: 'tw', values: {sparsity: 0.01, granularity: 128, columns: 'kept'}}} as const;
  const {trace} = made({...choice, kernel: {...twoByTwo, tile: [128, 128, 32], stages: 2}, copies: 'registers', launching: 'streams'});
  const kernels = trace.launches[0]!.grid.kernel!;
  const spans = (atATime: number) => {
    const values = v100();
    const from = new Map<number, number>();
    const to = new Map<number, number>();
    const started = (cta: number, _sm: number, _slot: number, time: number) => {
      if (!from.has(kernels[cta]!)) from.set(kernels[cta]!, time);
    };
    const ended = (cta: number, _sm: number, _slot: number, time: number) => void to.set(kernels[cta]!, time);
    playOn({...values, host: {...values.host, launchGap: 100}, scheduler: {...values.scheduler, kernels: atATime}}, trace, {
      probes: [{started, ended}],
    });
    return [...from.keys()].map((kernel) => ({from: from.get(kernel)!, to: to.get(kernel)!}));
  };
  const [first, second, third] = spans(1);
  t.true(second!.from >= first!.to + 138 && third!.from >= second!.to + 138);
  const [alone, beside] = spans(128);
  t.true(beside!.from < alone!.to);
});
