import {deal} from './copies.ts';
import {fragmentGrid} from './fragments.ts';
import {multiplyingWarps} from './kernel.ts';
import {counter, laneBytes} from './loop-parts.ts';
import type {Op, StgOp} from './op.ts';
import {indexBytes, type Epilogue} from './tiles.ts';

/** Accumulators go through shared memory so that whole lines are written; under TW each output column to its original place. */
export const lines: Epilogue = ({kernel, shape, warp, operands, out}) => {
  const at = (name: string) => operands.findIndex((o) => o.name === name);
  const scatter = at('scatter');
  const stores = deal(at(out.name), out.rows, out.rowBytes, kernel.warps[0]! * kernel.warps[1]!, laneBytes(operands[at(out.name)]!))[warp]!;
  const {down, right} = fragmentGrid(kernel);
  const warpTileBytes = down * 16 * right * 8 * out.elementBytes;
  const ops: Op[] = [{op: 'BAR'}];
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
  const [along, across] = multiplyingWarps(kernel);
  if (warp < along * across) ops.push({op: 'STS', load: false, wavefronts: Math.ceil(warpTileBytes / 128), set: counter.staging});
  ops.push({op: 'BAR'});
  for (const block of stores) {
    const wavefronts = Math.ceil((block.rows * block.bytes) / 128);
    ops.push({op: 'STS', load: true, wavefronts, set: counter.staging});
    const wait = (1 << counter.staging) | (shape.index.columns ? 1 << counter.columnIndex : 0);
    ops.push({op: 'STG', ...block, ahead: 0, wait} satisfies StgOp);
  }
  return ops;
};
