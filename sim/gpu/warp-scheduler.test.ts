import test from 'ava';
import type {Op} from '../trace/op.ts';
import {kernel} from './microbench/kernel.ts';
import {a100, cyclesPerTurn} from './microbench/machine.ts';

const gpu = a100();
/** An instruction that needs nothing but its issue slot. */
const commit: Op = {op: 'COMMIT'};
const cycles = (body: readonly Op[], warps: number): number => cyclesPerTurn(gpu, (turns) => kernel({body, turns, warps}), 10, 60);

test('a sub-core issues one warp instruction a cycle', (t) => {
  t.is(cycles([commit, commit, commit, commit], 1), 4);
  t.is(cycles([commit, commit, commit, commit], 4), 4);
  t.is(cycles([commit, commit, commit, commit], 8), 8);
  t.is(cycles([commit, commit, commit, commit], 16), 16);
});

test('integer instructions follow each other every 2 cycles on a sub-core, whichever its warps they are of', (t) => {
  // arXiv 2208.11174: add.u32, independent.
  t.is(cycles([{op: 'ALU', count: 10}], 1), 20);
  t.is(cycles([{op: 'ALU', count: 10}], 4), 20);
  t.is(cycles([{op: 'ALU', count: 10}], 8), 40);
});

test('a greedy scheduler stays with a warp that never waits, round-robin lets the others have their turns', (t) => {
  const busy = (warp: number): Op[] => (warp === 0 ? [{op: 'ALU', count: 10}] : Array<Op>(15).fill(commit));
  const together = (policy: 'greedy-youngest' | 'round-robin'): number =>
    cyclesPerTurn(a100({subcore: {policy}}), (turns) => kernel({body: busy, turns, warps: 5}), 10, 60);
  t.is(together('greedy-youngest'), 15 + 20);
  t.is(together('round-robin'), 20);
});
