import type {Op} from '../../trace/op.ts';
import type {Trace} from '../../trace/trace.ts';
import {kernel} from './kernel.ts';

const kB = 1024;
/** Of gpu-benches' l2-cache: 1024 threads each read a double from two runs of 8 kB, 32 times over. Here a warp reads what four would. */
const warps = 8;
const iterations = 32;
const run = 8 * kB;
/** Iterations whose loads the compiler issues before it needs the first. */
const unrolled = 4;
/** Two blocks of 1024 threads fit on an SM. */
const registersPerThread = 128;

/** Bytes that one block reads. */
export const blockBytes = iterations * 2 * run;

/**
 * Blocks sweep over `chunks` chunks of 512 kB, block b over chunk b modulo `chunks`, all of them together from the first bytes
 * of their chunks to the last: the l2-cache benchmark of gpu-benches.
 */
export function sweep({chunks, blocks}: {readonly chunks: number; readonly blocks: number}): Trace {
  return kernel({
    ctas: blocks,
    warps,
    turns: iterations / unrolled,
    body: (warp) => [...loads(warp), {op: 'ALU', count: 2 * unrolled, wait: 1}],
    operands: [{name: 'activation', rowsPerStep: unrolled, bytesPerStep: 0}],
    views: (cta) => [{base: (cta % chunks) * 2 * run, pitch: chunks * 2 * run, rows: iterations, bytes: 2 * run}],
    registersPerThread,
  });
}

function loads(warp: number): Op[] {
  const bytes = run / warps;
  return Array.from({length: 2 * unrolled}, (_, i) => {
    const column = (i % 2) * run + warp * bytes;
    return {op: 'LDG', operand: 0, row: Math.floor(i / 2), rows: 1, column, bytes, ahead: 0, set: 0};
  });
}
