import {fragmentGrid} from './fragments.ts';
import {instructionOf, type Kernel, type KernelShape} from './kernel.ts';
import type {MmaOp, Op} from './op.ts';
import type {Operand} from './trace.ts';

/** k that a lane's 16 B hold of a row with K contiguous, or that as many lanes take of rows of tokens. */
const blockK = 8;

/**
 * The loads from shared memory and the MMAs of one warp's k-blocks on Volta. mma.m8n8k4 (HMMA.884, four steps) multiplies 8 × 8 × 4 in
 * each of a warp's four quad pairs, which stand two by two, 16 × 16 × 4 together; two quad pairs need the same rows and two the same
 * columns, so every LDS.128 brings 256 B to 512 B of registers. Layouts are free of bank conflicts, as CUTLASS's for Volta are made to be.
 */
export function quadPairFragments(kernel: Kernel, shape: KernelShape, warp: number, operands: readonly Operand[]) {
  const {down, right} = fragmentGrid(kernel);
  const {k: ki} = instructionOf(shape);
  const e = shape.elementBytes;
  const blocks = kernel.tile[2]! / blockK;
  const firstToken = (warp % kernel.warps[0]!) * right * 8;
  const firstWeight = Math.floor(warp / kernel.warps[0]!) * down * 16;
  const weight = operands.findIndex((o) => o.name === 'weight');
  const byRow = shape.activations === 'm-contiguous';
  /** Matrix registers: two sets of fragments, weights then activations, of 8 rows × 8 k each. */
  const set = down * 2 + right;

  const load = (block: number, ahead: number, parity: number): Op[] => {
    const base = parity * set;
    const k = block * blockK;
    const matrices = {copies: 2, first: 'down', ahead, set: parity} as const;
    const ops: Op[] = [];
    for (let i = 0; i < down; i++) {
      const row = firstWeight + i * 16;
      ops.push({op: 'LDSM', operand: weight, row, column: k * e, down: 2, right: 1, transposed: false, ...matrices, to: base + i * 2});
    }
    for (let j = 0; j < right; j += 2) {
      const token = firstToken + j * 8;
      const to = base + down * 2 + j;
      if (byRow) ops.push({op: 'LDSM', operand: 0, row: k, column: token * e, down: 1, right: 2, transposed: true, ...matrices, to});
      else ops.push({op: 'LDSM', operand: 0, row: token, column: k * e, down: 2, right: 1, transposed: false, ...matrices, to});
    }
    return ops;
  };

  const multiply = (block: number): MmaOp[] => {
    const parity = block & 1;
    const ops: MmaOp[] = [];
    for (let from = 0; from < blockK; from += ki) {
      for (let j = 0; j < right; j += 2) {
        // Serpentine, so that neighbours share a fragment, as CUTLASS orders them.
        for (let s = 0; s < down; s++) {
          const i = j & 2 ? down - 1 - s : s;
          ops.push({
            op: 'MMA',
            sparse: false,
            n: 16,
            k: ki,
            from,
            accumulator: i * right + j,
            weights: parity * set + i * 2,
            activations: parity * set + down * 2 + j,
            metadata: -1,
            half: 0,
            wait: 1 << parity,
          });
        }
      }
    }
    return ops;
  };
  return {blocks, load, multiply};
}
