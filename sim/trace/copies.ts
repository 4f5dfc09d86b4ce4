import type {BlockOp} from './addresses.ts';

/** Bytes one warp moves with one LDGSTS, LDG.128 or STG.128: 16 B a lane. */
export const warpBytes = 512;

/**
 * Deals a tile of `rows` rows × `rowBytes` bytes to the warps of a CTA, each getting neighbouring rows, so that the indices
 * its rows need lie together. Returns a list of blocks a warp.
 */
export function deal(operand: number, rows: number, rowBytes: number, warps: number): BlockOp[][] {
  const blocks: BlockOp[] = [];
  const rowsPerBlock = Math.max(1, Math.floor(warpBytes / rowBytes));
  for (let row = 0; row < rows; row += rowsPerBlock) {
    for (let column = 0; column < rowBytes; column += warpBytes) {
      blocks.push({operand, row, rows: Math.min(rowsPerBlock, rows - row), column, bytes: Math.min(warpBytes, rowBytes - column)});
    }
  }
  const each = Math.ceil(blocks.length / warps);
  return Array.from({length: warps}, (_, warp) => blocks.slice(warp * each, (warp + 1) * each));
}
