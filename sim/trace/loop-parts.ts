import type {BlockOp} from './addresses.ts';
import type {LdgOp, Op} from './op.ts';
import {indexBytes} from './tiles.ts';
import type {Operand} from './trace.ts';

/** Scoreboard counters of a tiled kernel; 0 and 1 are the fragments'. */
export const counter = {rowIndex: 2, columnIndex: 3, staging: 4, tile: 5, metadata: 5} as const;

/** Loop counter, stage pointers and branch of one K tile, in instructions of a warp; CUTLASS SASS has 8 to 12. */
export const loopOverhead = 8;
/** Pointer arithmetic of a copy: one add; a gathered row takes a 64-bit multiply-add as well. */
const addressOps = {straight: 1, gathered: 2};

/** What a lane moves at a time: 16 B, or a place named by itself. */
export const laneBytes = ({placeBytes}: Operand): number => Math.min(16, placeBytes ?? 16);

/** One load of the row or block numbers that this warp's gathered copies follow: its rows lie together. */
export function rowIndexLoad(
  operand: number,
  copies: readonly BlockOp[],
  activation: number,
  {rowsPerEntry = 1, placeBytes}: Operand,
): LdgOp | undefined {
  const rows = copies.filter((c) => c.operand === activation);
  if (rows.length === 0) return undefined;
  const first = placeBytes ? Math.min(...rows.map(({column}) => column)) / placeBytes : Math.floor(rows[0]!.row / rowsPerEntry);
  const end = placeBytes
    ? Math.max(...rows.map(({column, bytes}) => column + bytes)) / placeBytes
    : Math.ceil((rows.at(-1)!.row + rows.at(-1)!.rows) / rowsPerEntry);
  return {op: 'LDG', operand, row: 0, rows: 1, column: first * indexBytes, bytes: (end - first) * indexBytes, ahead: 0, set: counter.rowIndex};
}

/** The arithmetic in front of copies, which waits for the row numbers (a mask of their counter) where they are gathered; 0: they are not. */
export function addressing(copies: number, gatherWait: number): Op[] {
  return arithmetic(copies * (gatherWait ? addressOps.gathered : addressOps.straight), gatherWait);
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
export function interleave(multiplies: readonly Op[], others: readonly Op[]): Op[] {
  const ops: Op[] = [];
  let placed = 0;
  multiplies.forEach((mma, i) => {
    ops.push(mma);
    const due = Math.min(others.length, Math.ceil(((i + 1) * others.length) / Math.max(1, multiplies.length - 1)));
    while (placed < due) ops.push(others[placed++]!);
  });
  return [...ops, ...others.slice(placed)];
}
