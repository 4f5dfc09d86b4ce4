import test from 'ava';
import fc from 'fast-check';
import {a100, v100} from '../gpu/microbench/machine.ts';
import {play} from '../gpu/gpu.ts';
import {launchOccupancy} from '../gpu/sm.ts';
import {anyChoice, made, twoByTwo} from '../trace/given.ts';
import {bound} from './bound.ts';

const gpu = a100();
/** What the tensor cores' table calls a type of so many bytes. */
const types: {readonly [bytes: number]: string} = {1: 's8', 2: 'f16', 4: 'tf32'};

test('whatever the GEMM, pattern and kernel, nothing that plays the trace is faster than the bound, and both count the same work', (t) => {
  fc.assert(
    fc.property(anyChoice(300), fc.constantFrom<'warm' | 'cold'>('warm', 'cold'), (choice, l2) => {
      const {trace} = made(choice);
      fc.pre(trace.launches.every((launch) => launchOccupancy(gpu.sm, launch).ctas > 0));
      const elementType = types[choice.elementBytes]!;
      const least = bound(trace, gpu, elementType, l2);
      const run = play(trace, gpu, {elementType, l2});
      t.true(least.cycles <= run.cycles, `${least.cycles} cycles at least, ${run.cycles} played`);
      for (const same of ['launches', 'instructions', 'mmas', 'macs', 'macsDone', 'weightRegisters', 'requested', 'stored'] as const) {
        t.deepEqual(least[same], run[same], same);
      }
      t.true(least.sectorsToL1 <= run.sectorsToL1);
      t.true(least.dram.read <= run.dram.read);
    }),
    {numRuns: 40},
  );
});

test('a grid of one CTA an SM is bound by how fast the one warp of a sub-core issues MMAs', (t) => {
  const {trace} = made({m: 1152, n: 1536, k: 512, kernel: twoByTwo});
  const mmas = (1152 * 1536 * 512) / (16 * 8 * 16);
  // One warp a sub-core: 9.13 cycles from one MMA to the next of the same warp.
  const cycles = gpu.scheduler.startLatency + (mmas / (108 * 4)) * 9.13;
  t.is(bound(trace, gpu, 'f16', 'warm').cycles, Math.ceil(cycles));
});

test('the same holds of a V100, whose SMs may find in L1 what others of their CTAs have loaded', (t) => {
  const volta = v100();
  fc.assert(
    fc.property(anyChoice(300, 'registers'), fc.constantFrom<'warm' | 'cold'>('warm', 'cold'), (choice, l2) => {
      const {trace} = made({...choice, kernel: {...choice.kernel, stages: 2}});
      fc.pre(trace.launches.every((launch) => launchOccupancy(volta.sm, launch).ctas > 0));
      const least = bound(trace, volta, 'f16', l2);
      const run = play(trace, volta, {elementType: 'f16', l2});
      t.true(least.cycles <= run.cycles, `${least.cycles} cycles at least, ${run.cycles} played`);
      for (const same of ['instructions', 'mmas', 'macs', 'weightRegisters', 'requested', 'stored'] as const)
        t.deepEqual(least[same], run[same], same);
      t.true(least.sectorsToL1 <= run.sectorsToL1);
    }),
    {numRuns: 20},
  );
});

test('the ledger of the bound adds up to its cycles', (t) => {
  const least = bound(made({m: 500, n: 300, k: 700}).trace, gpu, 'f16', 'cold');
  for (const row of least.ledger)
    t.is(
      row.reduce((a, b) => a + b, 0),
      least.cycles * gpu.sm.subcores,
    );
});
