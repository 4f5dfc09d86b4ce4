import {doubleBuffered} from './double-buffered.ts';
import {loopOf, type Kernel, type KernelShape, type MainLoop} from './kernel.ts';
import {multistage} from './multistage.ts';
import {singleStage} from './single-stage.ts';
import {spatha} from './spatha.ts';
import type {TiledGemm} from './tiled-gemm.ts';

const mainLoops: {readonly [L in MainLoop]: (kernel: Kernel, shape: KernelShape) => TiledGemm} = {
  multistage,
  spatha,
  double_buffered: doubleBuffered,
  single_stage: singleStage,
};

/** The tiled tensor-core GEMM of a kernel, with its main loop. */
export function tiled(kernel: Kernel, shape: KernelShape): TiledGemm {
  return mainLoops[loopOf(kernel, shape)](kernel, shape);
}
