import type {BlockOp} from './addresses.ts';
import {arithmetic, counter} from './loop-parts.ts';
import type {Op} from './op.ts';
import {indexBytes, type Epilogue} from './tiles.ts';

/** Rows of C that each row of warps stages in a round; Volta884EpilogueTraits, kColumnsPerWarp for fp16. */
const rowsPerRound = 2;
const lanes = 32;

/**
 * The epilogue of CUTLASS 1.x on Volta: 32 rounds for a warp of 64 × 64, each with a barrier before and after the accumulators of two
 * rows of C are staged, then an element a lane is read back and stored. Where columns are scattered, the number of each is loaded
 * right before its store; the compiler cannot load it earlier, past the store before it, for all it knows that might change it.
 */
export const elements: Epilogue = ({kernel, shape, warp, operands, out}) => {
  const at = (name: string) => operands.findIndex((o) => o.name === name);
  const [along, across] = out.byColumn ? [kernel.warps[1]!, kernel.warps[0]!] : [kernel.warps[0]!, kernel.warps[1]!];
  const warps = along * across;
  const rowsOfWarp = out.rows / along;
  const chunkBytes = lanes * out.elementBytes;
  const staged = Math.ceil((rowsPerRound * out.rowBytes) / across / 128);
  const ops: Op[] = [];
  for (let first = 0; first < rowsOfWarp; first += rowsPerRound) {
    ops.push({op: 'BAR'}, {op: 'STS', load: false, wavefronts: staged, slice: {first, rows: rowsPerRound}, set: counter.staging}, {op: 'BAR'});
    const blocks = Array.from({length: along}, (_, w) => w * rowsOfWarp + first)
      .flatMap((row) => Array.from({length: rowsPerRound}, (_, i) => row + i))
      .flatMap((row) =>
        Array.from({length: Math.ceil(out.rowBytes / chunkBytes)}, (_, c): BlockOp => {
          const column = c * chunkBytes;
          return {operand: at(out.name), row, rows: 1, column, bytes: Math.min(chunkBytes, out.rowBytes - column)};
        }),
      );
    const own = blocks.filter((_, i) => i % warps === warp);
    ops.push(...own.map((): Op => ({op: 'STS', load: true, wavefronts: 1, set: counter.staging})));
    for (const block of own) {
      let wait = 1 << counter.staging;
      if (shape.index.columns) {
        const entry = {operand: at('scatter'), row: 0, rows: 1, column: block.row * indexBytes, bytes: indexBytes, ahead: 0};
        ops.push({op: 'LDG', ...entry, set: counter.columnIndex}, ...arithmetic(1, 1 << counter.columnIndex));
        wait |= 1 << counter.columnIndex;
      }
      ops.push({op: 'STG', ...block, ahead: 0, wait});
    }
  }
  return ops;
};
