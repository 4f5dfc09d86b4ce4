import {deal} from './copies.ts';
import {fragmentGrid, fragmentsOf} from './fragments.ts';
import {indexBlock, registersSpilled, tokenFragments, type Kernel, type KernelShape} from './kernel.ts';
import {lines} from './line-epilogue.ts';
import {arithmetic, counter, laneBytes} from './loop-parts.ts';
import type {LdgOp, LdsOp, Op} from './op.ts';
import {spillOperand, withSpills} from './spills.ts';
import {indexBytes, layTile, outputTile} from './tiles.ts';
import type {TiledGemm} from './tiled-gemm.ts';
import type {Operand, OperandName, Program} from './trace.ts';

/**
 * Instructions of a warp that are neither copies, reads nor MMAs, as nvcc 13.0 makes this loop for sm_86. Before the loop and after it
 * those in the busier of two pipes. Within it most wait for the one before them, and a warp goes on as late as its stall counts say; here
 * they are two cycles an instruction: of a K tile (metadata address, loop, branches, stage numbers of both ends of the pipeline), of a copy
 * and its part of the stage addresses, of a gathered one behind its row number (row, its bound, 64-bit multiply-add, and three loads that
 * are never made, which the compiler puts between an LDS and the LDGSTS after it), and of a matrix read, one behind another that has
 * to make room first and one of several.
 */
const instructions = {before: 139, tile: 70, copy: 6, gathered: 14, readAlone: 5, read: 1, after: 52} as const;

/**
 * The main loop of Spatha, the V:N:M kernel of VENOM (Castro et al., SC'23; spmm/blockwise_kernel.h at 32d2fb22): a K tile is as little as
 * one mma.sp deep, its fragments are read in the step that multiplies them, and 2:4 metadata come from global memory straight to
 * registers at the step's beginning. The column index comes to shared memory in blocks of 512 long before it is needed, and steers
 * the gather from there. Other warps and CTAs must hide what a step waits for.
 *
 * Here the next block of the index comes bit by bit, a K tile's part a K tile, where Spatha fetches it at once.
 */
export function spatha(kernel: Kernel, shape: KernelShape): TiledGemm {
  const tile = layTile(kernel, shape, 'registers');
  const warps = kernel.warps[0]! * kernel.warps[1]!;
  const spilled = registersSpilled(kernel, shape);
  const operands = [...withIndexRing(tile.operands, tile.stageBytes * kernel.stages), ...(spilled > 0 ? [spillOperand] : [])];
  const at = (name: OperandName): number => operands.findIndex((o) => o.name === name);
  const index = at('index');
  const dealt = (['activation', 'weight'] as const).map((name) =>
    deal(at(name), tile.copyRows[name]!, operands[at(name)]!.shared!.rowBytes, warps, laneBytes(operands[at(name)]!)),
  );
  const out = outputTile(kernel, shape);
  const gathers = index >= 0;
  const perTile = gathers ? operands[index]!.bytesPerStep : 0;
  const tilesAhead = gathers ? (indexBlock * indexBytes) / perTile : 0;
  const last = kernel.stages - 1;
  const {down, right} = fragmentGrid(kernel);

  const programs = Array.from({length: warps}, (_, warp): Program => {
    const copies = dealt.flatMap((blocks) => blocks[warp]!);
    const numbers = (ahead: number): Op => ({op: 'LDGSTS', operand: index, row: 0, rows: 1, column: 0, bytes: perTile, ahead});
    // Every gathered copy reads the number of its own row.
    const row: LdsOp = {op: 'LDS', operand: index, row: 0, column: 0, ahead: 0, to: -1, set: counter.rowIndex};
    const fetch = (ahead: number): Op[] =>
      copies.flatMap((block): Op[] => {
        const gathered = gathers && block.operand === at('activation');
        return [
          ...arithmetic(instructions.copy),
          ...(gathered ? [{...row, ahead}, ...arithmetic(instructions.gathered, 1 << counter.rowIndex)] : []),
          {op: 'LDGSTS', ...block, ahead},
        ];
      });
    const prologue: Op[] = [{op: 'ALU', count: instructions.before}];
    if (gathers) {
      for (let s = warp; s < tilesAhead; s += warps) prologue.push(numbers(s));
      prologue.push({op: 'COMMIT'}, {op: 'DEPBAR', groups: 0}, {op: 'BAR'});
    }
    for (let s = 0; s < last; s++) prologue.push(...fetch(s), {op: 'COMMIT'});

    const fragments = fragmentsOf(kernel, shape, warp, operands);
    const blocks = Array.from({length: fragments.blocks}, (_, b) => fragments.load(b, 0, b & 1));
    const step: Op[] = [
      ...blocks.flat().flatMap((op) => (op.op === 'LDS' ? [fromGlobal(op)] : [])),
      ...arithmetic(instructions.tile),
      {op: 'DEPBAR', groups: last - 1},
      {op: 'BAR'},
      ...fetch(last),
      ...(gathers && warp === 0 ? [numbers(tilesAhead)] : []),
      {op: 'COMMIT'},
    ];
    const held = tokenFragments(shape);
    blocks.forEach((loads, b) => {
      const reads = loads.filter((op) => op.op !== 'LDS');
      const mmas = fragments.multiply(b).map((mma) => ({...mma, wait: (mma.wait ?? 0) | (1 << counter.metadata)}));
      step.push(...reads.slice(0, down));
      let multiplied = 0;
      for (const op of withSpills(mmas, spilled, at('spill'), warp, counter.columnIndex)) {
        if (op.op === 'MMA' && multiplied++ % (held * down) === 0) step.push(...tokenReads(reads.splice(down, held), held === 1));
        step.push(op);
      }
    });
    return {
      ops: [...prologue, ...step, {op: 'DEPBAR', groups: 0}, ...arithmetic(instructions.after), ...lines({kernel, shape, warp, operands, out})],
      body: prologue.length,
      epilogue: prologue.length + step.length,
    };
  });
  const staging = kernel.tile[0]! * kernel.tile[1]! * out.elementBytes;
  // Where the copy engine knows the kept rows, there are no numbers to keep.
  const ring = shape.indexFree ? 0 : 2 * indexBlock * indexBytes;
  const sharedMemoryBytes = Math.max(tile.stageBytes * kernel.stages + ring, staging);
  return {operands, programs, sharedMemoryBytes, accumulators: {down, right}};
}

/** The operands with the index behind the stages, two blocks of it. */
function withIndexRing(operands: readonly Operand[], offset: number): readonly Operand[] {
  return operands.map((operand) => {
    if (operand.name !== 'index') return operand;
    const rowBytes = operand.bytesPerStep;
    return {...operand, shared: {offset, stageBytes: rowBytes, rowBytes, stages: (2 * indexBlock * indexBytes) / rowBytes}};
  });
}

/** Reads of fragments of tokens, with their addresses. `alone`: there is room for one, whose address takes its place when it has been read. */
function tokenReads(reads: readonly Op[], alone: boolean): Op[] {
  const [first] = reads;
  if (alone && first?.op === 'LDSM') return [...arithmetic(instructions.readAlone, 1 << first.set), first];
  return [...arithmetic(instructions.read * reads.length), ...reads];
}

/** The metadata of 32 weight rows for 32 k, not from a stage but from where they lie: a line. */
function fromGlobal({operand, row, column, ahead, to}: LdsOp): LdgOp {
  return {op: 'LDG', operand, row, rows: 1, column, bytes: 32 * 4, ahead, set: counter.metadata, word: to};
}
