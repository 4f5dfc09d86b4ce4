import {lineBytes} from '../gpu/sectored-cache.ts';
import type {OperandName, Trace} from '../trace/trace.ts';

/** Whether a line of memory belongs to one of these operands: each lies in a region of its own. */
export function linesOf({launches, rowIndex, columnIndex}: Trace, names: readonly OperandName[]): (line: number) => boolean {
  const largest = (index: Uint32Array): number => index.reduce((a, b) => Math.max(a, b), 0);
  const rows = {row: largest(rowIndex) + 1, column: largest(columnIndex) + 1};
  const regions = names.map((name) => {
    let [first, end] = [Infinity, -Infinity];
    for (const {operands, grid} of launches)
      operands.forEach(({name: own, gather, rowsPerEntry = 1, placeBytes}, o) => {
        if (own !== name) return;
        for (let at = o * grid.ctas; at < (o + 1) * grid.ctas; at++) {
          const [down, right] = placeBytes
            ? [grid.rows[at]!, gather ? rows[gather] * placeBytes : grid.bytes[at]!]
            : [gather ? rows[gather] * rowsPerEntry : grid.rows[at]!, grid.bytes[at]!];
          first = Math.min(first, grid.base[at]!);
          end = Math.max(end, grid.base[at]! + (down - 1) * grid.pitch[at]! + right);
        }
      });
    return {first: Math.floor(first / lineBytes), last: Math.floor((end - 1) / lineBytes)};
  });
  return (line) => regions.some(({first, last}) => line >= first && line <= last);
}
