import test from 'ava';
import {a100, playOn} from '../gpu/microbench/machine.ts';
import {made} from '../trace/given.ts';
import type {Kernel} from '../trace/kernel.ts';
import {sampler} from './sample.ts';

/** Four SMs of each GPC are a third of it. */
const gpu = a100({sm: {...a100().sm, gpcs: [12, 12]}});
const kernel: Kernel = {tile: [256, 1, 32], warps: [4, 1], stages: 1, splitK: 1, swizzle: 1, raster: 'tokens', indexAhead: 1};
const ew = (m: number, n: number, k: number) => made({m, n, k, pattern: {type: 'ew', values: {sparsity: 0.75}}, kernel}).trace;

test('CUDA cores are sampled on a scale model, within the interval it states and in half of the events', (t) => {
  const trace = ew(4096, 96, 512);
  const whole = playOn(gpu, trace, {l2: 'warm', fidelity: 'detailed'});
  const {run, error} = sampler(trace, gpu, {elementType: 'f16', l2: 'warm'}, {whole: 0})(gpu);
  t.true(error > 0 && error <= 0.1, `stated ${error}`);
  t.true(Math.abs(run.cycles / whole.cycles - 1) <= error, `${run.cycles} of ${whole.cycles} cycles`);
  t.true(Math.abs(run.l2.read / whole.l2.read - 1) <= 0.06, `${run.l2.read} of ${whole.l2.read} sectors`);
  t.true(run.events < 0.5 * whole.events);
  for (const same of ['instructions', 'macs', 'requested', 'stored'] as const) t.deepEqual(run[same], whole[same], same);
  for (const row of run.ledger)
    t.is(
      row.reduce((a, b) => a + b, 0),
      run.cycles * gpu.sm.subcores,
    );
});

test('with fewer CTAs than SMs hold, or weights from DRAM that the model sees too few of, everything is played', (t) => {
  const few = ew(256, 96, 512);
  t.is(sampler(few, gpu, {elementType: 'f16', l2: 'warm'}, {whole: 0})(gpu).error, 0);
  const skinny = ew(256, 512, 512);
  t.true(sampler(skinny, gpu, {elementType: 'f16', l2: 'warm'}, {whole: 0})(gpu).error > 0);
  const slow = a100({sm: {...gpu.sm}, dram: {...gpu.dram, bandwidth: gpu.dram.bandwidth / 50}});
  t.is(sampler(skinny, slow, {elementType: 'f16', l2: 'cold'}, {whole: 0})(slow).error, 0);
});
