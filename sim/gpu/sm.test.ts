import test from 'ava';
import {kernel} from './microbench/kernel.ts';
import {a100} from './microbench/machine.ts';
import {launchOccupancy} from './sm.ts';

const kB = 1024;
const fits = (cta: {warps: number; registersPerThread?: number; sharedMemoryBytes?: number}) =>
  launchOccupancy(a100().sm, kernel({body: [], turns: 1, ...cta}).launches[0]!);

// CUDA C++ Programming Guide, compute capability 8.0, and NVIDIA's occupancy calculator.
test('an SM holds 64 warps and 32 CTAs', (t) => {
  t.deepEqual(fits({warps: 32}), {ctas: 2, limit: 'warps'});
  t.deepEqual(fits({warps: 1}), {ctas: 32, limit: 'CTA slots'});
});

test('255 registers a thread leave room for eight warps, 128 for sixteen', (t) => {
  t.deepEqual(fits({warps: 4, registersPerThread: 255}), {ctas: 2, limit: 'registers'});
  t.deepEqual(fits({warps: 4, registersPerThread: 128}), {ctas: 4, limit: 'registers'});
  t.deepEqual(fits({warps: 8, registersPerThread: 129}), {ctas: 1, limit: 'registers'});
});

test('registers are handed out 256 a warp at a time', (t) => {
  t.is(fits({warps: 4, registersPerThread: 161}).ctas, fits({warps: 4, registersPerThread: 168}).ctas);
  t.is(fits({warps: 4, registersPerThread: 168}).ctas, 3);
  t.is(fits({warps: 4, registersPerThread: 169}).ctas, 2);
});

test('a warp’s registers lie in its sub-core: 65536 registers hold 28 warps of 2304, but not in parts of 16384', (t) => {
  t.is(fits({warps: 7, registersPerThread: 72}).ctas, 4);
  t.is(fits({warps: 1, registersPerThread: 96}).ctas, 20);
});

test('a CTA gets at most 163 of 164 KB, of every CTA’s share 1 KB is the system’s', (t) => {
  t.deepEqual(fits({warps: 4, sharedMemoryBytes: 163 * kB}), {ctas: 1, limit: 'shared memory'});
  t.is(fits({warps: 4, sharedMemoryBytes: 163 * kB + 1}).ctas, 0);
  t.is(fits({warps: 4, sharedMemoryBytes: 81 * kB}).ctas, 2);
  t.is(fits({warps: 4, sharedMemoryBytes: 81 * kB + 1}).ctas, 1);
});
