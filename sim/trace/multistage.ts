import {deal} from './copies.ts';
import type {BlockOp} from './addresses.ts';
import {fragmentGrid, fragmentsOf} from './fragments.ts';
import type {Kernel, KernelShape} from './kernel.ts';
import type {LdgOp, LdgstsOp, Op, StgOp} from './op.ts';
import {indexBytes, layTile, outputTile, type OutputTile} from './tiles.ts';
import type {Operand, OperandName, Program} from './trace.ts';

/**
 * The multistage tensor-core GEMM of Ampere (CUTLASS's MmaMultistage): while one K tile is multiplied from registers, the
 * fragments of the next k-block come from shared memory and the tiles `stages` − 1 ahead are on their way from global memory.
 * It computes Cᵀ = Bᵀ·Aᵀ: weights are the MMA's left, 16-row operand, the one mma.sp lets be sparse.
 *
 * Its kernels come of three choices: weights dense or 2:4 with metadata, activation rows consecutive or gathered by an index, one by
 * one or in blocks, output columns consecutive or scattered.
 */
export interface Multistage {
  readonly operands: readonly Operand[];
  readonly programs: readonly Program[];
  readonly sharedMemoryBytes: number;
  readonly accumulators: {readonly down: number; readonly right: number};
}

/** Scoreboard counters; 0 and 1 are the fragments'. */
export const counter = {rowIndex: 2, columnIndex: 3, staging: 4, metadata: 5} as const;

export function multistage(kernel: Kernel, shape: KernelShape): Multistage {
  const tile = layTile(kernel, shape);
  const warps = kernel.warps[0]! * kernel.warps[1]!;
  const at = (name: OperandName): number => tile.operands.findIndex((o) => o.name === name);
  const copied = (['activation', 'weight', 'metadata'] as const).filter((name) => at(name) >= 0);
  const dealt = copied.map((name) =>
    deal(at(name), tile.copyRows[name]!, tile.operands[at(name)]!.shared!.rowBytes, warps, laneBytes(tile.operands[at(name)]!)),
  );
  const out = outputTile(kernel, shape);
  const stores = deal(at(out.name), out.rows, out.rowBytes, warps, laneBytes(tile.operands[at(out.name)]!));

  const programs = Array.from({length: warps}, (_, warp): Program => {
    const copies = dealt.flatMap((blocks) => blocks[warp]!);
    const gather = shape.index.rows > 0 ? rowIndexLoad(at('index'), copies, at('activation'), tile.operands[at('activation')]!) : undefined;
    const load = (ahead: number): Op[] => copyOps(copies, ahead, gather ? 1 << counter.rowIndex : 0);
    const index = (ahead: number): Op[] => (gather ? [{...gather, ahead}] : []);
    const last = kernel.stages - 1;
    const prologue: Op[] = [];
    for (let s = 0; s < last + (gather ? kernel.indexAhead : 0); s++) prologue.push(...index(s));
    for (let s = 0; s < last; s++) prologue.push(...load(s), {op: 'COMMIT'});
    const fragments = fragmentsOf(kernel, shape, warp, tile.operands);
    prologue.push({op: 'DEPBAR', groups: last - 1}, {op: 'BAR'}, ...fragments.load(0, 0, 0));

    const steps: Op[] = [];
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
      steps.push(...interleave(fragments.multiply(b), around));
      if (b === blocks - 2) steps.push({op: 'COMMIT'}, {op: 'DEPBAR', groups: last - 1}, {op: 'BAR'});
    }
    return {
      ops: [...prologue, ...steps, ...epilogue(kernel, shape, stores[warp]!, at('scatter'), out)],
      body: prologue.length,
      epilogue: prologue.length + steps.length,
    };
  });
  const staging = kernel.tile[0]! * kernel.tile[1]! * out.elementBytes;
  const {down, right} = fragmentGrid(kernel);
  return {operands: tile.operands, programs, sharedMemoryBytes: Math.max(tile.stageBytes * kernel.stages, staging), accumulators: {down, right}};
}

/** Loop counter, stage pointers and branch of one K tile, in instructions of a warp; CUTLASS SASS has 8 to 12. */
const loopOverhead = 8;
/** Pointer arithmetic of a copy: one add; a gathered row takes a 64-bit multiply-add as well. */
const addressOps = {straight: 1, gathered: 2};

/** What a lane moves at a time: 16 B, or a place named by itself. */
export const laneBytes = ({placeBytes}: Operand): number => Math.min(16, placeBytes ?? 16);

/** One load of the row or block numbers that this warp's gathered copies follow: its rows lie together. */
function rowIndexLoad(operand: number, copies: readonly BlockOp[], activation: number, {rowsPerEntry = 1, placeBytes}: Operand): LdgOp | undefined {
  const rows = copies.filter((c) => c.operand === activation);
  if (rows.length === 0) return undefined;
  const first = placeBytes ? Math.min(...rows.map(({column}) => column)) / placeBytes : Math.floor(rows[0]!.row / rowsPerEntry);
  const end = placeBytes
    ? Math.max(...rows.map(({column, bytes}) => column + bytes)) / placeBytes
    : Math.ceil((rows.at(-1)!.row + rows.at(-1)!.rows) / rowsPerEntry);
  return {op: 'LDG', operand, row: 0, rows: 1, column: first * indexBytes, bytes: (end - first) * indexBytes, ahead: 0, set: counter.rowIndex};
}

/** A K tile's copies, behind the arithmetic of their addresses, which waits for the counters of `gatherWait`. */
function copyOps(copies: readonly BlockOp[], ahead: number, gatherWait: number): Op[] {
  const addresses = copies.length * (gatherWait ? addressOps.gathered : addressOps.straight);
  return [...arithmetic(addresses, gatherWait), ...copies.map((block): LdgstsOp => ({op: 'LDGSTS', ...block, ahead}))];
}

/** Integer instructions, two at a time: short enough for the tensor pipe not to notice them between two MMAs. */
export function arithmetic(count: number, wait = 0): Op[] {
  return Array.from({length: Math.ceil(count / 2)}, (_, i): Op => ({
    op: 'ALU',
    count: Math.min(2, count - 2 * i),
    ...(wait > 0 && i === 0 && {wait}),
  }));
}

/** Spreads loads and copies evenly among the MMAs, as the compiler schedules them, so that the tensor pipe stays fed. */
function interleave(multiplies: readonly Op[], others: readonly Op[]): Op[] {
  const ops: Op[] = [];
  let placed = 0;
  multiplies.forEach((mma, i) => {
    ops.push(mma);
    const due = Math.min(others.length, Math.ceil(((i + 1) * others.length) / Math.max(1, multiplies.length - 1)));
    while (placed < due) ops.push(others[placed++]!);
  });
  return [...ops, ...others.slice(placed)];
}

/** Accumulators go through shared memory so that whole lines are written; under TW each output column to its original place. */
export function epilogue(kernel: Kernel, shape: KernelShape, stores: readonly BlockOp[], scatter: number, out: OutputTile): Op[] {
  const {down, right} = fragmentGrid(kernel);
  const warpTileBytes = down * 16 * right * 8 * out.elementBytes;
  const ops: Op[] = [{op: 'DEPBAR', groups: 0}, {op: 'BAR'}];
  if (shape.index.columns && stores.length > 0) {
    const along = out.byColumn ? undefined : out.elementBytes;
    const first = along ? Math.min(...stores.map(({column}) => column)) / along : stores[0]!.row;
    const end = along ? Math.max(...stores.map(({column, bytes}) => column + bytes)) / along : stores.at(-1)!.row + stores.at(-1)!.rows;
    ops.push({
      op: 'LDG',
      operand: scatter,
      row: 0,
      rows: 1,
      column: first * indexBytes,
      bytes: (end - first) * indexBytes,
      ahead: 0,
      set: counter.columnIndex,
    });
  }
  ops.push({op: 'STS', load: false, wavefronts: Math.ceil(warpTileBytes / 128), set: counter.staging}, {op: 'BAR'});
  for (const block of stores) {
    const wavefronts = Math.ceil((block.rows * block.bytes) / 128);
    ops.push({op: 'STS', load: true, wavefronts, set: counter.staging});
    const wait = (1 << counter.staging) | (shape.index.columns ? 1 << counter.columnIndex : 0);
    ops.push({op: 'STG', ...block, ahead: 0, wait} satisfies StgOp);
  }
  return ops;
}
