import {doubleBuffered} from './double-buffered.ts';
import type {Copies, Kernel, KernelShape} from './kernel.ts';
import {multistage} from './multistage.ts';
import type {TiledGemm} from './tiled-gemm.ts';

const mainLoops: {readonly [C in Copies]: (kernel: Kernel, shape: KernelShape) => TiledGemm} = {async: multistage, registers: doubleBuffered};

/** The tiled tensor-core GEMM of GPUs that copy as `shape` says. */
export function tiled(kernel: Kernel, shape: KernelShape): TiledGemm {
  return mainLoops[shape.copies](kernel, shape);
}
