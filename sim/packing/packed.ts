import type {PackedElements} from './elements.ts';
import type {Index, Vector} from '../pattern/mask.ts';

/**
 * The weight operand as it lies in global memory: geometry only, to the byte; `fill` adds the contents.
 *
 * values    tile after tile; in a tile column after column (`valuePitch` apart), each with its kept rows contiguous
 * metadata  tile after tile; in a tile every column's 32-bit words of positions (2:4: 2 bits a stored value, a word for 32 kept
 *           rows), words of the same number side by side: word (number, column) lies at metadataOffset + number · metadataPitch + column · 4
 * rowIndex, columnIndex   the original row of every kept row, or the number of every kept block of rows, and the original column
 *           of every kept column, uint32 each
 */
export interface PackedOperand {
  readonly k: number;
  readonly n: number;
  readonly elementBytes: number;
  readonly index: Index;
  readonly vector?: Vector;
  readonly tiles: readonly PackedTile[];
  /** Weights kept one by one; their values follow those of the tiles, the names of their rows follow the tiles' row index or metadata. */
  readonly elements?: PackedElements;
  /** Bytes each array takes in global memory, alignment included. */
  readonly bytes: {
    readonly values: number;
    readonly metadata: number;
    readonly rowIndex: number;
    readonly columnIndex: number;
    readonly pointers: number;
  };
}

export interface PackedTile {
  readonly columns: Uint32Array;
  /** Rows as they are stored: the kept ones, filled up to whole blocks where the index names blocks. */
  readonly rows: Uint32Array;
  /** 1 for each row that only fills a block up, and is stored as 0; undefined: none is. */
  readonly filler?: Uint8Array;
  /** Values stored for one column: K_t, or n/m of it. */
  readonly stored: number;
  /** Bytes from one column's values to the next: stored values rounded up to a 32 B sector. */
  readonly valuePitch: number;
  /** Bytes from one word of every column to the next: a word a column, rounded up in the same way. */
  readonly metadataPitch: number;
  /** Offsets in bytes from the start of each array; values and metadata of a tile start on a 128 B line. */
  readonly valueOffset: number;
  readonly metadataOffset: number;
  readonly rowIndexOffset: number;
  readonly columnIndexOffset: number;
}

/** What lies in those arrays. Values are held as float32 whatever the stored type. */
export interface PackedContents {
  readonly values: Float32Array;
  readonly metadata: Uint32Array;
  readonly rowIndex: Uint32Array;
  readonly columnIndex: Uint32Array;
  /** Where each column of the elements begins. */
  readonly pointers: Uint32Array;
}
