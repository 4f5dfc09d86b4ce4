import test from 'ava';
import {gpuNames, gpuOf, readGpu} from '../config/gpu.ts';
import {scalar} from '../config/written.ts';
import type {GpuValues} from './parameters.ts';
import {findMma, keptShare, macs, mmaName, operandBytes} from './tensor-core.ts';
import {within} from './microbench/within.ts';
import {a100, v100} from './microbench/machine.ts';
import {mmaLatency, mmaRate, type Shape} from './microbench/mma-loop.ts';

const gpu = a100();

/** Completion in cycles, and multiply-adds a cycle and SM with four and eight warps: arXiv 2206.02874, its tables for A100. */
const published: readonly (Shape & {readonly latency: number; readonly four: number; readonly eight: number})[] = [
  {type: 'f16', sparse: false, k: 16, latency: 24.7, four: 897.6, eight: 1004.2},
  {type: 'f16', sparse: false, k: 8, latency: 17.7, four: 800.2, eight: 974.1},
  {type: 'f16', sparse: true, k: 32, latency: 24.7, four: 1791.9, eight: 1979.1},
  {type: 'f16', sparse: true, k: 16, latency: 17.8, four: 1024.5, eight: 1290.5},
  {type: 'tf32', sparse: false, k: 8, latency: 25.0, four: 435.9, eight: 492.4},
  {type: 'tf32', sparse: true, k: 16, latency: 24.9, four: 868.2, eight: 981.2},
  {type: 'tf32', sparse: true, k: 8, latency: 18.2, four: 597.8, eight: 643.6},
  {type: 's8', sparse: false, k: 32, latency: 24.7, four: 1812.4, eight: 1986.5},
  {type: 's8', sparse: true, k: 64, latency: 24.7, four: 3544.7, eight: 3961.5},
  {type: 's8', sparse: true, k: 32, latency: 17.9, four: 2403.9, eight: 2665.2},
];

for (const {latency, four, eight, ...shape} of published) {
  const name = `${shape.sparse ? 'mma.sp' : 'mma'} m16n8k${shape.k} ${shape.type}`;
  test(`${name} takes ${latency} cycles, and does ${four} multiply-adds a cycle with four warps, ${eight} with eight`, (t) => {
    within(t, 'latency', mmaLatency(gpu, shape), latency, 0.02);
    within(t, 'rate of four warps', mmaRate(gpu, shape, 4, 4), four, 0.02);
    within(t, 'rate of eight warps', mmaRate(gpu, shape, 8, 3), eight, 0.02);
  });
}

test('mma.sp with the larger k does twice the multiply-adds of mma, with the smaller k only 1.3 times', (t) => {
  const dense = mmaRate(gpu, {type: 'f16', sparse: false, k: 16}, 8, 3);
  within(t, 'k = 32', mmaRate(gpu, {type: 'f16', sparse: true, k: 32}, 8, 3) / dense, 1.97, 0.02);
  within(t, 'k = 16', mmaRate(gpu, {type: 'f16', sparse: true, k: 16}, 8, 3) / dense, 1.29, 0.02);
});

test('two warps on one sub-core reach the peak with two independent accumulators, one warp takes three to come near', (t) => {
  const shape = {type: 'f16', sparse: false, k: 16};
  const share = (warps: number, independent: number): number => mmaRate(gpu, shape, warps, independent) / 1024;
  t.true(share(8, 2) > 0.97);
  t.true(share(8, 1) < 0.7);
  t.true(share(4, 3) > 0.85);
  t.true(share(4, 2) < 0.7);
});

/** A GPU of configs/ as it stands. */
function valuesOf(name: string): GpuValues {
  const source = readGpu(scalar(name, {file: 'e.yaml', line: 1, column: 1}), '.', ['gpu'], []);
  return gpuOf(source!, 'gpu', [])!.values;
}
const nm = valuesOf('a100-nm');

test('registers feed every instruction of silicon faster than it issues', (t) => {
  for (const name of gpuNames().filter((known) => known !== 'a100-nm')) {
    const {mma, operandBandwidth} = valuesOf(name).tensorCore;
    for (const row of mma) t.true(operandBytes(row) / operandBandwidth < row.interval, `${name}: ${mmaName(row)} ${row.type} ${row.sparse}`);
  }
});

test('an instruction reads both operands as they are stored, its metadata and its accumulator', (t) => {
  t.is(operandBytes({m: 16, n: 8, k: 16, type: 'f16', sparse: 'dense'}), 512 + 256 + 512);
  t.is(operandBytes({m: 16, n: 8, k: 32, type: 'f16', sparse: '2:4'}), 512 + 512 + 128 + 512);
  t.is(operandBytes({m: 16, n: 8, k: 64, type: 'f16', sparse: '1:4'}), 512 + 1024 + 128 + 512);
  t.is(operandBytes({m: 16, n: 8, k: 64, type: 'f16', sparse: '2:8'}), 512 + 1024 + 2 * 128 + 512); // 16 values of 3 bits: a word and a half
  t.is(operandBytes({m: 16, n: 16, k: 4, type: 'f16', sparse: 'dense'}), 128 + 128 + 1024); // HMMA.884, of the four quad pairs together
  t.is(operandBytes({m: 16, n: 8, k: 16, type: 'f16-acc16', sparse: 'dense'}), 512 + 256 + 256);
});

test('hardware that keeps n of m multiplies m/n times as fast as dense, until its registers cannot feed it', (t) => {
  const rich = {...nm, tensorCore: {...nm.tensorCore, operandBandwidth: 1024}};
  const rate = (gpu: GpuValues, shape: Shape) => mmaRate(gpu, shape, 8, 3);
  const [dense, half, quarter] = [
    {type: 'f16', sparse: false, k: 16},
    {type: 'f16', sparse: true, k: 32, vector: {n: 4, m: 8}},
    {type: 'f16', sparse: true, k: 64, vector: {n: 2, m: 8}},
  ];
  within(t, '4:8', rate(rich, half!) / rate(rich, dense!), 1.97, 0.02);
  within(t, '2:8', rate(rich, quarter!) / rate(rich, dense!), 3.94, 0.02);
  // 2304 B of registers at 256 B a cycle take 9 cycles, and not 8.28.
  within(t, '2:8 of today’s registers', rate(nm, quarter!), (4 * 16 * 8 * 64) / 9, 0.02);
});

test('half the operand bandwidth is what then sets the pace, whatever the table says', (t) => {
  const poor = {...nm.tensorCore, operandBandwidth: 128};
  const mma = findMma(poor, {m: 16, n: 8, k: 16}, 'f16', 'dense')!;
  t.is(mma.interval, 1280 / 128);
  t.is(mma.warpInterval, 1280 / 128);
  t.is(keptShare(mma) * macs(mma), 16 * 8 * 16);
  t.is(findMma(poor, {m: 16, n: 8, k: 64}, 'f16', '3:8'), undefined);
});

test('HMMA.884 does 512 multiply-adds a cycle and SM of a V100, and chained sets of four steps end 10 cycles apart', (t) => {
  const shape = {type: 'f16', sparse: false, n: 16, k: 4};
  within(t, 'rate', mmaRate(v100(), shape, 8, 2), 512, 0.01);
  within(t, 'chain', mmaLatency(v100(), shape), 10, 0.01);
});
