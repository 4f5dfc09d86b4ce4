import type {Op} from '../../trace/op.ts';
import type {View} from '../../trace/grid.ts';
import type {Trace} from '../../trace/trace.ts';
import {kernel} from './kernel.ts';

/** Of gpu-benches' stream: 1024 threads a block, one double a thread and array. */
const warps = 32;
const bytesPerWarp = 256;
/** Bytes of an array that one block reads or writes. */
export const bytesPerBlock = warps * bytesPerWarp;

/** Every thread reads an element of each of `reads` arrays and writes one of `writes`: 1 and 0 read, 0 and 1 init, 1 and 1 scale, 2 and 1 triad. */
export function stream({reads, writes, blocks}: {readonly reads: number; readonly writes: number; readonly blocks: number}): Trace {
  const arrays = reads + writes;
  // Arrays lie one behind the other, a page and a line apart.
  const arrayBytes = Math.ceil((blocks * bytesPerBlock) / 2 ** 21) * 2 ** 21;
  const block = (operand: number, warp: number) => ({operand, row: 0, rows: 1, column: warp * bytesPerWarp, bytes: bytesPerWarp, ahead: 0});
  const body = (warp: number): Op[] => [
    ...Array.from({length: reads}, (_, array): Op => ({op: 'LDG', ...block(array, warp), set: 0})),
    {op: 'ALU', count: 2, wait: 1},
    ...Array.from({length: writes}, (_, i): Op => ({op: 'STG', ...block(reads + i, warp)})),
  ];
  return kernel({
    ctas: blocks,
    warps,
    turns: 1,
    body,
    operands: Array.from({length: arrays}, (_, i) => ({name: i < reads ? 'activation' : 'output', rowsPerStep: 0, bytesPerStep: 0})),
    views: (cta) =>
      Array.from({length: arrays}, (_, i): View => ({base: i * arrayBytes + cta * bytesPerBlock, pitch: 0, rows: 1, bytes: bytesPerBlock})),
  });
}

/**
 * What a GEMM with few tokens asks of memory: CTAs that each read their own `rows` rows of a wide matrix, `bytes` of every row
 * at a time, row after row `pitch` apart.
 */
export function narrowRows({ctas, rows, bytes, pitch, turns}: {ctas: number; rows: number; bytes: number; pitch: number; turns: number}): Trace {
  const warpsPerCta = 4;
  const rowsPerCopy = 512 / bytes;
  const ahead = 3;
  const copies = (warp: number): Op[] => {
    const first = (warp * rows) / warpsPerCta;
    return Array.from({length: rows / warpsPerCta / rowsPerCopy}, (_, i): Op => {
      return {op: 'LDGSTS', operand: 0, row: first + i * rowsPerCopy, rows: rowsPerCopy, column: 0, bytes, ahead: 0};
    });
  };
  return kernel({
    ctas,
    warps: warpsPerCta,
    turns,
    body: (warp) => [...copies(warp), {op: 'COMMIT'}, {op: 'DEPBAR', groups: ahead}, {op: 'BAR'}],
    after: [{op: 'DEPBAR', groups: 0}],
    operands: [{name: 'weight', rowsPerStep: 0, bytesPerStep: bytes, shared: {offset: 0, stageBytes: rows * bytes, rowBytes: bytes}}],
    views: (cta) => [{base: cta * rows * pitch, pitch, rows, bytes: Math.min(pitch, turns * bytes)}],
    sharedMemoryBytes: rows * bytes * (ahead + 1),
  });
}
