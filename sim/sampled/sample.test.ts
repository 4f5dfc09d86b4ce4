import test from 'ava';
import {a100, playOn} from '../gpu/microbench/machine.ts';
import type {Kernel} from '../trace/kernel.ts';
import {made} from '../trace/given.ts';
import {bound} from '../oracle/bound.ts';
import {sampler} from './sample.ts';

/** Eight SMs and 4 MiB of L2: small GEMMs have many waves on it and more operands than fit. */
const gpu = a100({sm: {gpcs: [2, 2, 2, 2]}, l2: {capacity: 4 * 2 ** 20}});
/** None of these GEMMs is small. */
const none = 0;

const patterns = {
  dense: {type: 'dense', values: {}},
  '2:4': {type: 'vw', values: {n: 2, m: 4}},
  TW: {type: 'tw', values: {sparsity: 0.75, granularity: 128}},
  TVW: {type: 'tvw', values: {sparsity: 0.75, granularity: 128}},
};
const kernel = (tile: Kernel['tile'], stages: number, splitK = 1): Kernel => ({
  tile,
  warps: [2, 2],
  stages,
  splitK,
  swizzle: 4,
  raster: 'tokens',
  indexAhead: 1,
});
const [narrow, deep, skinny] = [kernel([128, 128, 32], 4), kernel([128, 128, 64], 3), kernel([64, 128, 64], 4)];

type Case = readonly [pattern: keyof typeof patterns, shape: readonly [number, number, number], l2: 'warm' | 'cold', kernel: Kernel];
const ladder: readonly Case[] = [
  ['dense', [1024, 1024, 1024], 'warm', narrow],
  ['dense', [1024, 1024, 1024], 'cold', narrow],
  ['dense', [64, 2048, 4096], 'warm', skinny],
  ['2:4', [1024, 1024, 2048], 'warm', deep],
  ['TW', [2048, 2048, 2048], 'cold', deep],
  ['TVW', [2048, 1024, 4096], 'warm', deep],
  ['TW', [2048, 1024, 2048], 'warm', deep],
  ['TVW', [1024, 2048, 2048], 'warm', deep],
  ['dense', [512, 512, 4096], 'warm', narrow],
  ['dense', [4096, 512, 512], 'warm', narrow],
  ['2:4', [512, 2048, 2048], 'cold', deep],
];

const traceOf = ([pattern, [m, n, k], , of]: Case) => made({m, n, k, pattern: patterns[pattern], kernel: of}).trace;
const off = (said: number, is: number): number => Math.abs(said / is - 1);

const compared = ladder.map((one) => {
  const [pattern, shape, l2] = one;
  const trace = traceOf(one);
  const whole = playOn(gpu, trace, {l2, fidelity: 'detailed'});
  const {run, error} = sampler(trace, gpu, {elementType: 'f16', l2}, {whole: none})(gpu);
  return {name: `${pattern} ${shape.join('×')} ${l2}`, trace, l2, whole, run, error};
});

for (const {name, trace, l2, whole, run, error} of compared) {
  test(`${name}: the time of a sample is within the interval it states, which is at most 9 %`, (t) => {
    t.true(error <= 0.09, `stated ${error}`);
    t.true(off(run.cycles, whole.cycles) <= error, `${run.cycles} of ${whole.cycles} cycles, stated ${error}`);
  });
  test(`${name}: what instructions do is exact, what SMs get from L2 within 1 %, the ledger tiles`, (t) => {
    const least = bound(trace, gpu, 'f16', l2);
    for (const same of ['instructions', 'mmas', 'macs', 'requested', 'stored'] as const) t.deepEqual(run[same], whole[same], same);
    t.true(off(run.l2.read, whole.l2.read) <= 0.01);
    t.true(run.cycles >= least.cycles);
    for (const row of run.ledger)
      t.is(
        row.reduce((a, b) => a + b, 0),
        run.cycles * gpu.sm.subcores,
      );
  });
}

test('half of the ladder or more is sampled, and takes fewer events', (t) => {
  const sampled = compared.filter(({error}) => error > 0);
  t.true(sampled.length >= ladder.length / 2, `${sampled.length}`);
  for (const {run, whole} of sampled) t.true(run.events < 0.05 * whole.events, `${run.events} of ${whole.events}`);
});

test('over the ladder, samples are within 3 % of the whole on average', (t) => {
  const errors = compared.map(({run, whole}) => off(run.cycles, whole.cycles));
  t.true(errors.reduce((a, b) => a + b, 0) / errors.length <= 0.03, errors.join(' '));
});

test('what is small is played whole: the same run, and no error', (t) => {
  const trace = traceOf(['dense', [256, 256, 256], 'warm', narrow]);
  t.deepEqual(sampler(trace, gpu, {elementType: 'f16', l2: 'warm'})(gpu), {
    run: playOn(gpu, trace, {l2: 'warm', fidelity: 'detailed'}),
    error: 0,
  });
});

test('of very many waves some are played, and the others taken to be like them', (t) => {
  const two = a100({sm: {...gpu.sm, gpcs: [1, 1]}, l2: {...gpu.l2}});
  const {trace} = made({m: 2048, n: 1024, k: 256, kernel: kernel([64, 64, 64], 3)});
  const whole = playOn(two, trace, {l2: 'warm', fidelity: 'detailed'});
  const {run, error} = sampler(trace, two, {elementType: 'f16', l2: 'warm'}, {whole: none})(two);
  const steps = trace.launches[0]!.grid.ctas * 4;
  t.true(run.events < steps, `${run.events} events for ${steps} K tiles`);
  t.true(off(run.cycles, whole.cycles) <= error, `${run.cycles} of ${whole.cycles} cycles`);
});
