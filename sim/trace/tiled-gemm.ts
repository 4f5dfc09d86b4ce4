import type {BlockOp} from './addresses.ts';
import {deal, lanes} from './copies.ts';
import {elements} from './element-epilogue.ts';
import {lines} from './line-epilogue.ts';
import {fragmentGrid} from './fragments.ts';
import type {Kernel, KernelShape} from './kernel.ts';
import {laneBytes, rowIndexLoad} from './loop-parts.ts';
import type {LdgOp, Op} from './op.ts';
import {layTile, outputTile, type Epilogue} from './tiles.ts';
import type {Operand, OperandName, Program} from './trace.ts';

/** A tiled tensor-core GEMM: its operands, what each warp of a CTA does, and what a CTA needs. */
export interface TiledGemm {
  readonly operands: readonly Operand[];
  readonly programs: readonly Program[];
  readonly sharedMemoryBytes: number;
  readonly accumulators: {readonly down: number; readonly right: number};
}

/** What one warp has to do with a K tile. */
export interface WarpShare {
  readonly warp: number;
  readonly operands: readonly Operand[];
  /** Its blocks of the K tile, which it brings to shared memory for all. */
  readonly copies: readonly BlockOp[];
  /** The load of the row numbers that its gathered copies follow; undefined: none of them is gathered. */
  readonly gather: LdgOp | undefined;
}

/** A warp's way to its accumulators: once, a K tile, and once when the last has been multiplied. */
export interface WarpLoop {
  readonly prologue: readonly Op[];
  readonly body: readonly Op[];
  readonly drain: readonly Op[];
}

const epilogues: {readonly [E in NonNullable<Kernel['epilogue']>]: Epilogue} = {lines, elements};

/**
 * A CTA's tile shared out to its warps, each of which goes through `loop` and then writes its part of C. It computes Cᵀ = Bᵀ·Aᵀ: weights
 * are the MMA's left, 16-row operand, the one mma.sp lets be sparse.
 *
 * Kernels come of three choices: weights dense or packed n:m with metadata, activation rows consecutive or gathered by an index, one by
 * one or in blocks, output columns consecutive or scattered.
 */
export function tiledGemm(kernel: Kernel, shape: KernelShape, loop: (share: WarpShare) => WarpLoop): TiledGemm {
  const tile = layTile(kernel, shape);
  const warps = kernel.warps[0]! * kernel.warps[1]!;
  const at = (name: OperandName): number => tile.operands.findIndex((o) => o.name === name);
  const copied = (['activation', 'weight', 'metadata'] as const).filter((name) => at(name) >= 0);
  const dealt = copied.map((name) => {
    const operand = tile.operands[at(name)]!;
    const bytes = tile.copyRows[name]! * operand.shared!.rowBytes;
    // Of a tile too small for that, no lane gets 16 B.
    const most = kernel.loop === 'triton' ? Math.ceil(bytes / warps / lanes) : 16;
    return deal(at(name), tile.copyRows[name]!, operand.shared!.rowBytes, warps, Math.min(most, laneBytes(operand)));
  });
  const out = outputTile(kernel, shape);
  const epilogue = epilogues[kernel.epilogue ?? 'lines'];

  const programs = Array.from({length: warps}, (_, warp): Program => {
    const copies = dealt.flatMap((blocks) => blocks[warp]!);
    const gather = at('index') >= 0 ? rowIndexLoad(at('index'), copies, at('activation'), tile.operands[at('activation')]!) : undefined;
    const {prologue, body, drain} = loop({warp, operands: tile.operands, copies, gather});
    return {
      ops: [...prologue, ...body, ...drain, ...epilogue({kernel, shape, warp, operands: tile.operands, out})],
      body: prologue.length,
      epilogue: prologue.length + body.length,
    };
  });
  const staging = kernel.tile[0]! * kernel.tile[1]! * out.elementBytes;
  const {down, right} = fragmentGrid(kernel);
  return {operands: tile.operands, programs, sharedMemoryBytes: Math.max(tile.stageBytes * kernel.stages, staging), accumulators: {down, right}};
}
