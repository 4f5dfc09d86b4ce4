import type {BlockOp} from './addresses.ts';

export const lanes = 32;
/** Bytes one warp moves with one LDGSTS, LDG.128 or STG.128: 16 B a lane. */
export const warpBytes = lanes * 16;

/**
 * Deals a tile of `rows` rows × `rowBytes` bytes to the warps of a CTA, each getting neighbouring rows, so that the indices
 * its rows need lie together. A lane moves 16 B, or as few as the places that are gathered one by one. Returns a list of blocks a warp.
 */
export function deal(operand: number, rows: number, rowBytes: number, warps: number, laneBytes = 16): BlockOp[][] {
  const blocks: BlockOp[] = [];
  const most = lanes * laneBytes;
  const rowsPerBlock = Math.max(1, Math.floor(most / rowBytes));
  for (let row = 0; row < rows; row += rowsPerBlock) {
    for (let column = 0; column < rowBytes; column += most) {
      blocks.push({operand, row, rows: Math.min(rowsPerBlock, rows - row), column, bytes: Math.min(most, rowBytes - column)});
    }
  }
  const each = Math.ceil(blocks.length / warps);
  return Array.from({length: warps}, (_, warp) => blocks.slice(warp * each, (warp + 1) * each));
}
