import test from 'ava';
import type {Op} from '../trace/op.ts';
import {kernel} from './microbench/kernel.ts';
import {a100, cyclesPerTurn, playOn} from './microbench/machine.ts';
import {pointerChase, shuffled} from './microbench/pointer-chase.ts';
import {within} from './microbench/within.ts';

const gpu = a100();

test('a load that finds its line in L1 takes 36 cycles (gpu-benches)', (t) => {
  const places = shuffled(256);
  const chase = (turns: number) => pointerChase({places, stride: 128, turns});
  within(t, 'latency', cyclesPerTurn(gpu, chase, places.length, 3 * places.length), 36, 0.02);
});

/** Warps of one SM that each read a line of 16 KB, 128 lines in all, over and over. */
function readAgain(turns: number) {
  const warps = 32;
  const body = (warp: number): Op[] =>
    [0, 1, 2, 3].map((i): Op => ({op: 'LDG', operand: 0, row: 0, rows: 1, column: (warp * 4 + i) * 128, bytes: 128, ahead: 0, set: i, wait: 1 << i}));
  const operands = [{name: 'activation', rowsPerStep: 0, bytesPerStep: 0} as const];
  return kernel({body, turns, warps, operands, views: () => [{base: 0, pitch: 0, rows: 1, bytes: 16384}]});
}

test('L1 delivers 126 B a cycle (gpu-benches: 19.1 TB/s over 108 SMs)', (t) => {
  within(t, 'B/clk', (128 * 128) / cyclesPerTurn(gpu, readAgain, 10, 60), 126);
});

test('a line asked for while it is on its way is fetched once', (t) => {
  const same: Op = {op: 'LDG', operand: 0, row: 0, rows: 1, column: 0, bytes: 128, ahead: 0, set: 0};
  const operands = [{name: 'activation', rowsPerStep: 0, bytesPerStep: 0} as const];
  const run = playOn(gpu, kernel({body: [same, same, same], turns: 1, warps: 8, operands, views: () => [{base: 0, pitch: 0, rows: 1, bytes: 128}]}));
  t.is(run.sectorsToL1, 4);
  t.is(run.requested.activation, 24 * 128);
});

test('cp.async passes L1 by: what was copied is asked for again', (t) => {
  const copy: Op = {op: 'LDGSTS', operand: 0, row: 0, rows: 1, column: 0, bytes: 128, ahead: 0};
  const operands = [{name: 'activation', rowsPerStep: 0, bytesPerStep: 0, shared: {offset: 0, stageBytes: 128, rowBytes: 128}} as const];
  const views = () => [{base: 0, pitch: 0, rows: 1, bytes: 128}];
  const run = playOn(gpu, kernel({body: [copy, {op: 'COMMIT'}, {op: 'DEPBAR', groups: 0}], turns: 5, operands, views, sharedMemoryBytes: 128}));
  t.is(run.sectorsToL1, 5 * 4);
});
