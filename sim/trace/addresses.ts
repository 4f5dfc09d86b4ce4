import type {Launch, Trace} from './trace.ts';

/** What a copy, load or store asks of one operand's K tile; every such op is one. */
export interface BlockOp {
  readonly operand: number;
  readonly row: number;
  readonly rows: number;
  readonly column: number;
  readonly bytes: number;
}

/** What an op asks of an operand, and nothing else of it: all alike to the engine that runs this. */
export function blockOf({operand, row, rows, column, bytes}: BlockOp): BlockOp {
  return {operand, row, rows, column, bytes};
}

interface Gathered {
  readonly index: Uint32Array;
  readonly indexStart: number;
  /** First byte of the condensed row, and how many. */
  readonly start: number;
  readonly bytes: number;
  readonly base: number;
  readonly pitch: number;
}

/**
 * Turns a block of an operand's K tile into the byte ranges of global memory it asks for, a range a row. The one place where
 * gathering, scattering and the edges of a matrix are decided. Results stay in `address`, `length`, `row` until the next call.
 */
export class Addresses {
  /** Byte address of each range. */
  readonly address = new Float64Array(64);
  /** Bytes of each range. */
  readonly length = new Int32Array(64);
  /** Row of the K tile each range belongs to, and the byte of that row it begins at. */
  readonly row = new Int32Array(64);
  readonly column = new Int32Array(64);

  private readonly launch: Launch;
  private readonly indices: {readonly row: Uint32Array; readonly column: Uint32Array};

  constructor(trace: Trace, launch: Launch) {
    this.launch = launch;
    this.indices = {row: trace.rowIndex, column: trace.columnIndex};
  }

  /** Resolves a block of K tile `step` for one CTA; returns how many ranges there are (rows outside the matrix have none). */
  resolve(block: BlockOp, cta: number, step: number): number {
    const {operands, grid} = this.launch;
    const operand = operands[block.operand]!;
    const at = block.operand * grid.ctas + cta;
    const start = block.column + step * operand.bytesPerStep;
    const bytes = Math.min(block.bytes, grid.bytes[at]! - start);
    if (bytes <= 0) return 0;
    const first = block.row + step * operand.rowsPerStep;
    const rows = Math.min(block.rows, grid.rows[at]! - first);
    const base = grid.base[at]! + start;
    const pitch = grid.pitch[at]!;
    const index = operand.gather && this.indices[operand.gather];
    const indexStart = grid.indexStart[at]!;
    if (index && operand.placeBytes)
      return this.alongRows(block, rows, {index, indexStart, start, bytes, base: grid.base[at]!, pitch}, operand.placeBytes);
    const together = operand.rowsPerEntry ?? 1;
    for (let i = 0; i < rows; i++) {
      const entry = Math.floor((first + i) / together);
      const row = index ? index[indexStart + entry]! * together + (first + i - entry * together) : first + i;
      this.address[i] = base + row * pitch;
      this.length[i] = bytes;
      this.row[i] = block.row + i;
      this.column[i] = block.column;
    }
    return Math.max(rows, 0);
  }

  /** A range for every place of every row: K tiles of an operand whose gathered dimension runs along its rows. */
  private alongRows(block: BlockOp, rows: number, {index, indexStart, start, bytes, base, pitch}: Gathered, placeBytes: number): number {
    let ranges = 0;
    for (let i = 0; i < rows; i++) {
      for (let byte = 0; byte < bytes; byte += placeBytes) {
        const place = index[indexStart + (start + byte) / placeBytes]!;
        this.address[ranges] = base + (block.row + i) * pitch + place * placeBytes;
        this.length[ranges] = Math.min(placeBytes, bytes - byte);
        this.row[ranges] = block.row + i;
        this.column[ranges++] = block.column + byte;
      }
    }
    return ranges;
  }
}
