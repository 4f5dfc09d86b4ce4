import {instructionOf, kPerStored, metadataBits, multiplyingWarps, type Kernel, type KernelShape} from './kernel.ts';
import {packing, type MmaOp, type Op} from './op.ts';
import type {Operand} from './trace.ts';

/** Scoreboard counters of the fragments of even and of odd k-blocks. */
const counters = [0, 1] as const;

/** A warp's tile in units of one MMA: 16 weights down, 8 tokens to the right. */
export function fragmentGrid(kernel: Kernel): {readonly down: number; readonly right: number} {
  const [along, across] = multiplyingWarps(kernel);
  return {down: kernel.tile[1]! / across / 16, right: kernel.tile[0]! / along / 8};
}

/** The loads from shared memory and the MMAs of one warp's k-blocks. */
export function fragmentsOf(kernel: Kernel, shape: KernelShape, warp: number, operands: readonly Operand[]) {
  const {down, right} = fragmentGrid(kernel);
  const {k: ki} = instructionOf(shape);
  const e = shape.elementBytes;
  const blocks = kernel.tile[2]! / ki;
  const [along] = multiplyingWarps(kernel);
  const firstToken = (warp % along) * right * 8;
  const firstWeight = Math.floor(warp / along) * down * 16;
  const weight = operands.findIndex((o) => o.name === 'weight');
  const metadata = operands.findIndex((o) => o.name === 'metadata');
  /** Matrices of 8 rows × 16 B that hold the k of an instruction, for 8 tokens. */
  const perActivation = (ki * e) / 16;
  /** Metadata of a row of weights in an instruction, in bits; the words they lie in, which may begin or end with those of a neighbour. */
  const bits = metadataBits(shape);
  const firstWord = (block: number): number => Math.floor((block * bits) / 32);
  const words = Math.ceil(bits / 32);
  /** Matrix registers: two sets of fragments, weights then activations. */
  const set = down * 4 + right * perActivation;
  const byRow = shape.activations === 'm-contiguous';

  const load = (block: number, ahead: number, parity: number): Op[] => {
    const wait = counters[parity as 0 | 1];
    const ops: Op[] = [];
    const base = parity * set;
    const matrices = {transposed: false, ahead, set: wait};
    for (let i = 0; i < down; i++) {
      const column = (block * ki * e) / kPerStored(shape.vector);
      ops.push({op: 'LDSM', operand: weight, row: firstWeight + i * 16, column, down: 2, right: 2, first: 'down', ...matrices, to: base + i * 4});
    }
    // Four matrices an instruction: two 8-token fragments of two, one of four under 2:4, half of one of eight under 1:4.
    const tokensPerLoad = Math.max(1, 4 / perActivation);
    const perLoad = Math.min(4, perActivation);
    for (let j = 0; j < right; j += tokensPerLoad) {
      for (let part = 0; part < perActivation; part += perLoad) {
        const to = base + down * 4 + j * perActivation + part;
        const token = firstToken + j * 8;
        const k = block * ki + (part * 16) / e;
        const activations = {op: 'LDSM', operand: 0, ...matrices, to} as const;
        if (byRow) ops.push({...activations, row: k, column: token * e, down: perLoad, right: tokensPerLoad, first: 'down', transposed: true});
        else ops.push({...activations, row: token, column: k * e, down: tokensPerLoad, right: perLoad, first: 'right'});
      }
    }
    if (shape.vector) {
      for (let i = 0; i < down; i += 2) {
        for (let word = 0; word < words; word++) {
          ops.push({
            op: 'LDS',
            operand: metadata,
            row: firstWord(block) + word,
            column: (firstWeight + i * 16) * 4,
            ahead,
            to: (parity * (down / 2) + i / 2) * words + word,
            set: wait,
          });
        }
      }
    }
    return ops;
  };

  const multiply = (block: number): MmaOp[] => {
    const parity = block & 1;
    const ops: MmaOp[] = [];
    for (let j = 0; j < right; j++) {
      // Serpentine, so that neighbours share a fragment, as CUTLASS orders them.
      for (let s = 0; s < down; s++) {
        const i = j & 1 ? down - 1 - s : s;
        ops.push({
          op: 'MMA',
          sparse: shape.vector !== undefined,
          ...(packing(shape.vector) !== '2:4' && shape.vector && {vector: shape.vector}),
          k: ki,
          accumulator: i * right + j,
          weights: parity * set + i * 4,
          activations: parity * set + down * 4 + j * perActivation,
          metadata: shape.vector ? (parity * (down / 2) + (i >> 1)) * words : -1,
          half: i & 1,
          ...((block * bits) % 32 > 0 && {shift: (block * bits) % 32}),
          wait: 1 << counters[parity as 0 | 1],
        });
      }
    }
    return ops;
  };
  return {blocks, load, multiply};
}
