import type {BlockOp} from './addresses.ts';
import type {Kernel, KernelShape} from './kernel.ts';
import {addressing, arithmetic, counter, interleave, loopOverhead} from './loop-parts.ts';
import type {LdgOp, Op, StageOp} from './op.ts';
import {quadPairFragments} from './quad-pairs.ts';
import {tiledGemm, type TiledGemm, type WarpLoop, type WarpShare} from './tiled-gemm.ts';

/**
 * The double-buffered tensor-core GEMM of GPUs without cp.async (CUTLASS 1.x's Volta884Gemm): a K tile is loaded to registers while
 * the one before it is multiplied, is stored to the other stage of shared memory before its last k-block, and one barrier
 * a K tile makes it known. Only one K tile is ever on its way, and a gathered one is asked for when its row numbers have come.
 */
export function doubleBuffered(kernel: Kernel, shape: KernelShape): TiledGemm {
  const loop = ({warp, operands, copies, gather}: WarpShare): WarpLoop => {
    const gathers = ({operand}: BlockOp) => gather !== undefined && operands[operand]!.gather !== undefined;
    const load = (ahead: number, gathered: boolean): Op[] => {
      const some = copies.flatMap((block, to): LdgOp[] => (gathers(block) === gathered ? [{op: 'LDG', ...block, ahead, to, set: counter.tile}] : []));
      return [...addressing(some.length, gathered ? 1 << counter.rowIndex : 0), ...some];
    };
    const store = (ahead: number): Op[] => copies.map((block, from) => stored(block, from, ahead));
    const index = (ahead: number): Op[] => (gather ? [{...gather, ahead}] : []);
    const fragments = quadPairFragments(kernel, shape, warp, operands);
    const prologue: Op[] = [...index(0), ...load(0, false), ...load(0, true)];
    if (kernel.indexAhead > 0) prologue.push(...index(1));
    prologue.push(...store(0), {op: 'BAR'}, ...fragments.load(0, 0, 0));

    const body: Op[] = [];
    const {blocks} = fragments;
    for (let b = 0; b < blocks; b++) {
      const next = (b + 1) % blocks;
      const mmas = fragments.multiply(b);
      const around: Op[] = [...fragments.load(next, next === 0 ? 1 : 0, next & 1)];
      if (b === blocks - 1) around.push(...arithmetic(loopOverhead));
      if (b === 0) {
        // In the first of the block's two steps of k = 4, so that there is time for them until they are stored; gathered ones in the
        // second, when their row numbers may have come.
        const straight = [...(kernel.indexAhead === 0 ? index(1) : []), ...load(1, false)];
        const gathered = [...load(1, true), ...(kernel.indexAhead > 0 ? index(1 + kernel.indexAhead) : [])];
        const half = mmas.length / 2;
        body.push(...interleave(mmas.slice(0, half), straight), ...interleave(mmas.slice(half), [...around, ...gathered]));
      } else body.push(...interleave(mmas, around));
      if (b === blocks - 2) body.push(...store(1), {op: 'BAR'});
    }
    return {prologue, body, drain: []};
  };
  return tiledGemm(kernel, shape, loop);
}

function stored(block: BlockOp, from: number, ahead: number): StageOp {
  return {op: 'STAGE', ...block, ahead, from, set: counter.staging, wait: 1 << counter.tile};
}
