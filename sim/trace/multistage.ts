import {fragmentsOf} from './fragments.ts';
import type {Kernel, KernelShape} from './kernel.ts';
import {addressing, arithmetic, counter, interleave, loopOverhead} from './loop-parts.ts';
import type {LdgstsOp, Op} from './op.ts';
import {tiledGemm, type TiledGemm, type WarpLoop, type WarpShare} from './tiled-gemm.ts';

/**
 * The multistage tensor-core GEMM of Ampere (CUTLASS's MmaMultistage): while one K tile is multiplied from registers, the
 * fragments of the next k-block come from shared memory and the tiles `stages` − 1 ahead are on their way from global memory.
 */
export function multistage(kernel: Kernel, shape: KernelShape): TiledGemm {
  const last = kernel.stages - 1;
  const loop = ({warp, operands, copies, gather}: WarpShare): WarpLoop => {
    const load = (ahead: number): Op[] => [
      ...addressing(copies.length, gather ? 1 << counter.rowIndex : 0),
      ...copies.map((block): LdgstsOp => ({op: 'LDGSTS', ...block, ahead})),
    ];
    const index = (ahead: number): Op[] => (gather ? [{...gather, ahead}] : []);
    const prologue: Op[] = [];
    for (let s = 0; s < last + (gather ? kernel.indexAhead : 0); s++) prologue.push(...index(s));
    for (let s = 0; s < last; s++) prologue.push(...load(s), {op: 'COMMIT'});
    const fragments = fragmentsOf(kernel, shape, warp, operands);
    prologue.push({op: 'DEPBAR', groups: last - 1}, {op: 'BAR'}, ...fragments.load(0, 0, 0));

    const body: Op[] = [];
    const blocks = fragments.blocks;
    for (let b = 0; b < blocks; b++) {
      const next = (b + 1) % blocks;
      const around: Op[] = [...fragments.load(next, next === 0 ? 1 : 0, next & 1)];
      if (b === 0) {
        if (kernel.indexAhead === 0) around.push(...index(last));
        around.push(...load(last));
        if (kernel.indexAhead > 0) around.push(...index(last + kernel.indexAhead));
      }
      if (b === blocks - 1) around.push(...arithmetic(loopOverhead));
      body.push(...interleave(fragments.multiply(b), around));
      if (b === blocks - 2) body.push({op: 'COMMIT'}, {op: 'DEPBAR', groups: last - 1}, {op: 'BAR'});
    }
    return {prologue, body, drain: [{op: 'DEPBAR', groups: 0}]};
  };
  return tiledGemm(kernel, shape, loop);
}
