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
    const load = (ahead: number): Op[] => [
      ...addressing(copies.length, gather ? 1 << counter.rowIndex : 0),
      ...copies.map((block, to): LdgOp => ({op: 'LDG', ...block, ahead, to, set: counter.tile})),
    ];
    const store = (ahead: number): Op[] => copies.map((block, from) => stored(block, from, ahead));
    const index = (ahead: number): Op[] => (gather ? [{...gather, ahead}] : []);
    const fragments = quadPairFragments(kernel, shape, warp, operands);
    const prologue: Op[] = [...index(0), ...load(0)];
    if (kernel.indexAhead > 0) prologue.push(...index(1));
    prologue.push(...store(0), {op: 'BAR'}, ...fragments.load(0, 0, 0));

    const body: Op[] = [];
    const {blocks} = fragments;
    for (let b = 0; b < blocks; b++) {
      const next = (b + 1) % blocks;
      const around: Op[] = [...fragments.load(next, next === 0 ? 1 : 0, next & 1)];
      if (b === 0) {
        if (kernel.indexAhead === 0) around.push(...index(1));
        around.push(...load(1));
        if (kernel.indexAhead > 0) around.push(...index(1 + kernel.indexAhead));
      }
      if (b === blocks - 2) around.push(...store(1));
      if (b === blocks - 1) around.push(...arithmetic(loopOverhead));
      body.push(...interleave(fragments.multiply(b), around));
      if (b === blocks - 2) body.push({op: 'BAR'});
    }
    return {prologue, body, drain: []};
  };
  return tiledGemm(kernel, shape, loop);
}

function stored(block: BlockOp, from: number, ahead: number): StageOp {
  return {op: 'STAGE', ...block, ahead, from, set: counter.staging, wait: 1 << counter.tile};
}
