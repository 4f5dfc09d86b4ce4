import type {PackedOperand} from '../packing/packed.ts';
import type {Gemm} from '../workload/gemm.ts';
import {gridOf} from './grid.ts';
import {resultBytes, type Kernel} from './kernel.ts';
import type {Memory} from './memory.ts';
import type {Op} from './op.ts';
import type {Launch, Program} from './trace.ts';

const warps = 4;
/** float32 partial sums a warp adds at a time: 16 B a lane. */
const sumsPerWarp = 128;

/**
 * The second kernel of split-K: every CTA reads one row's partial sums split by split, adds them in float32 and writes the
 * row. Only rows that were multiplied are read; under TW the pruned columns stay untouched.
 */
export function reductionOf(gemm: Gemm, packed: PackedOperand, kernel: Kernel, memory: Memory): Launch {
  const {regions, partialPitch, outputPitch, outputRows, byColumn} = memory;
  const rowLength = byColumn ? gemm.m : gemm.n;
  const rows = byColumn ? packed.tiles.flatMap((t) => [...t.columns]) : Array.from({length: gemm.m}, (_, i) => i);
  const width = warps * sumsPerWarp;
  const blocks = Math.ceil(rowLength / width);
  const e = resultBytes(packed);
  return {
    name: `splitk_reduction_${kernel.splitK}`,
    operands: [
      {name: 'partial', rowsPerStep: 1, bytesPerStep: 0},
      {name: 'output', rowsPerStep: 0, bytesPerStep: 0},
    ],
    programs: Array.from({length: warps}, (_, warp) => program(warp, e)),
    registersPerThread: 32,
    sharedMemoryBytes: 0,
    stages: 1,
    accumulators: {down: 0, right: 0},
    grid: gridOf(rows.length * blocks, 2, (cta) => {
      const row = rows[Math.floor(cta / blocks)]!;
      const first = (cta % blocks) * width;
      const length = Math.min(width, rowLength - first);
      return {
        tile: 0,
        steps: kernel.splitK,
        views: [
          // One row a split: the same place of every split's partial C.
          {base: regions.partial + row * partialPitch + first * 4, pitch: partialPitch * outputRows, rows: kernel.splitK, bytes: length * 4},
          {base: regions.output + row * outputPitch + first * e, pitch: outputPitch, rows: 1, bytes: length * e},
        ],
      };
    }),
  };
}

function program(warp: number, outputBytes: number): Program {
  const load: Op = {op: 'LDG', operand: 0, row: 0, rows: 1, column: warp * sumsPerWarp * 4, bytes: sumsPerWarp * 4, ahead: 0, set: 0};
  const add: Op = {op: 'ALU', count: 4, wait: 1};
  const convert: Op = {op: 'ALU', count: 2};
  const store: Op = {op: 'STG', operand: 1, row: 0, rows: 1, column: warp * sumsPerWarp * outputBytes, bytes: sumsPerWarp * outputBytes, ahead: 0};
  return {ops: [load, add, convert, store], body: 0, epilogue: 2};
}
