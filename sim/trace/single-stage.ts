import type {BlockOp} from './addresses.ts';
import {fragmentsOf} from './fragments.ts';
import {multiplyingWarps, type Kernel, type KernelShape} from './kernel.ts';
import {arithmetic, counter, interleave} from './loop-parts.ts';
import type {LdgOp, Op, StageOp} from './op.ts';
import {indexBytes} from './tiles.ts';
import {tiledGemm, type TiledGemm, type WarpLoop, type WarpShare} from './tiled-gemm.ts';

/**
 * Integer instructions of a warp, counted in the SASS of the product below for sm_80: of a K tile (loop, pointers, a block's number to its
 * address in 64 bits) and of each of its copies, 30 with blocks of 64 and eight copies, 11 with blocks of 32 and two; before and after
 * the loop those of the busier of two pipes, 69 to 98 and 16 to 30.
 */
const instructions = {before: 80, tile: 5, copy: 3, after: 20} as const;

/**
 * The main loop that Triton makes of a product with num_stages=1, as PyTorch 2.1 launches its block-sparse one (_run_dense_rowspace_kernel in
 * torch/sparse/_triton_ops.py: num_stages=1, num_warps=4): nothing of a K tile is on its way while another is multiplied. Weights are
 * loaded to registers; a barrier, when all have read the K tile before; then the block's number, which the loads of activations wait for;
 * both are stored to the one stage of shared memory; another barrier; fragments and MMAs. Only other CTAs hide what a warp waits for.
 *
 * The order is that of the SASS which Triton 3.6 and ptxas 12.8 or 13.0 make of the same source for sm_80; that of Triton 2.1 is the same as far as
 * its passes say (it, too, stores a load right after it, and a barrier stands before the first store and before the first read). Where a thread makes several copies of the weights,
 * half of them are stored, and so waited for, in front of the gather.
 */
export function singleStage(kernel: Kernel, shape: KernelShape): TiledGemm {
  const loop = ({warp, operands, copies, gather}: WarpShare): WarpLoop => {
    const places = copies.map((block, place) => ({block, place}));
    const gathers = ({block}: {readonly block: BlockOp}) => operands[block.operand]!.gather !== undefined;
    const gathered = places.filter(gathers);
    const straight = places.filter((place) => !gathers(place));
    const early = straight.length > 1 ? straight.slice(0, Math.ceil(straight.length / 2)) : [];
    const load = (some: typeof places): Op[] => some.map(({block, place}): LdgOp => ({op: 'LDG', ...block, ahead: 0, to: place, set: counter.tile}));
    const store = (some: typeof places): Op[] => some.map(({block, place}) => stored(block, place));
    const fragments = fragmentsOf(kernel, shape, warp, operands);
    const [along, across] = multiplyingWarps(kernel);
    const multiplied = warp < along * across ? fragments.blocks : 0;

    const body: Op[] = [
      ...arithmetic(instructions.copy * straight.length),
      ...load(straight),
      {op: 'BAR'},
      ...(gather ? [gather] : []),
      ...store(early),
      ...arithmetic(instructions.tile + instructions.copy * gathered.length, gather ? 1 << counter.rowIndex : 0),
      ...load(gathered),
      ...store(straight.slice(early.length)),
      ...store(gathered),
      {op: 'BAR'},
      ...(multiplied > 0 ? fragments.load(0, 0, 0) : []),
    ];
    for (let b = 0; b < multiplied; b++)
      body.push(...interleave(fragments.multiply(b), b + 1 < multiplied ? fragments.load(b + 1, 0, (b + 1) & 1) : []));
    // Where its blocks begin and end, on which all pointers depend.
    const pointer = operands.findIndex(({name}) => name === 'pointer');
    const first: Op[] =
      pointer >= 0 ? [{op: 'LDG', operand: pointer, row: 0, rows: 1, column: 0, bytes: 2 * indexBytes, ahead: 0, set: counter.rowIndex}] : [];
    const prologue: Op[] = [...first, {op: 'ALU', count: instructions.before, wait: pointer >= 0 ? 1 << counter.rowIndex : 0}];
    return {prologue, body, drain: arithmetic(instructions.after)};
  };
  return tiledGemm(kernel, shape, loop);
}

function stored(block: BlockOp, from: number): StageOp {
  return {op: 'STAGE', ...block, ahead: 0, from, set: counter.staging, wait: 1 << counter.tile};
}
