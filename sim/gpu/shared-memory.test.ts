import test from 'ava';
import {a100} from './microbench/machine.ts';
import {ldmatrix, loadWord, readLatency, readRate} from './microbench/shared-loop.ts';
import {within} from './microbench/within.ts';

const gpu = a100();

// Figures of arXiv 2206.02874 for A100.
test('ldmatrix takes 23.1 cycles for one matrix, 25.1 for two, 29.3 for four', (t) => {
  within(t, 'x1', readLatency(gpu, ldmatrix(1)), 23.1, 0.02);
  within(t, 'x2', readLatency(gpu, ldmatrix(2)), 25.1, 0.02);
  within(t, 'x4', readLatency(gpu, ldmatrix(4)), 29.3, 0.02);
});

test('ldmatrix reads 127 B a cycle and SM: one matrix at a time with eight warps, two or four with four', (t) => {
  within(t, 'x1', readRate(gpu, ldmatrix(1), 128, 8, 4), 127.7, 0.02);
  within(t, 'x2', readRate(gpu, ldmatrix(2), 256, 4, 4), 127.8, 0.02);
  within(t, 'x4', readRate(gpu, ldmatrix(4), 512, 4, 2), 127.3, 0.02);
});

test('ld.shared takes 23 cycles without a conflict, and 25, 29, 37 when two, four, eight lanes meet in a bank', (t) => {
  within(t, 'no conflict', readLatency(gpu, loadWord(4)), 23, 0.02);
  within(t, '2-way', readLatency(gpu, loadWord(8)), 25, 0.02);
  within(t, '4-way', readLatency(gpu, loadWord(16)), 29, 0.02);
  within(t, '8-way', readLatency(gpu, loadWord(32)), 37, 0.02);
});

test('lanes that read the same word do not conflict', (t) => {
  t.is(readLatency(gpu, loadWord(0)), readLatency(gpu, loadWord(4)));
});

test('a conflict costs the port of the whole SM a cycle a way', (t) => {
  const rate = (laneBytes: number): number => readRate(gpu, loadWord(laneBytes), 128, 8, 4);
  within(t, 'no conflict', rate(4), 128, 0.02);
  within(t, '4-way', rate(16), 32, 0.02);
});
