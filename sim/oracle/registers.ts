const counters = 6;
/** Rows of an ldmatrix matrix, and bytes of each. */
export const matrixRows = 8;
const rowBytes = 16;
/** Elements of an m16n8 accumulator. */
export const accumulatorElements = 128;
const lanes = 32;

/**
 * The registers of a warp, all lanes together: matrices of 8 rows × 16 B, metadata words a lane, accumulators of 16 weights × 8 tokens, and
 * the rows an index names. What a load brings can be used once the counter it was issued with has been waited for.
 */
export class Registers {
  readonly matrices: Float64Array;
  /** Elements in a row of a matrix: 8 of 16 bits. */
  readonly rowElements: number;
  readonly words: Uint32Array;
  readonly accumulators: Float64Array;
  /** What the row and the column index say of each row, and the ticket of the load that brought it. */
  readonly index = {row: new Map<number, IndexEntry>(), column: new Map<number, IndexEntry>()};
  /** For FFMA: a column's weights by number, and activation rows by the place they were loaded to. */
  readonly held = {weights: new Map<number, IndexEntry>(), rows: new Map<number, {number: number; values: readonly number[]; ticket: number}>()};
  /** Blocks on their way to shared memory by the place they were loaded to: what their rows hold from the block's first byte on. */
  readonly blocks = new Map<number, {tile: number; rows: readonly (readonly number[])[]; ticket: number}>();
  /** Ticket of the load of each matrix, of each metadata word's register; 0: none yet. */
  readonly matrixTicket: Int32Array;
  readonly wordTicket: Int32Array;
  private readonly raised = new Int32Array(counters);
  private readonly awaited = new Int32Array(counters);

  constructor({elementBytes, matrices, words, accumulators}: Sizes) {
    this.rowElements = rowBytes / elementBytes;
    this.matrices = new Float64Array(matrices * matrixRows * this.rowElements).fill(NaN);
    this.words = new Uint32Array(words * lanes);
    this.accumulators = new Float64Array(accumulators * accumulatorElements);
    this.matrixTicket = new Int32Array(matrices);
    this.wordTicket = new Int32Array(words);
  }

  /** A load is issued with this counter; the ticket says later whether it has been waited for. */
  raise(counter: number): number {
    return ++this.raised[counter]! * counters + counter;
  }

  /** The counters of the mask are down: all that was issued with them has arrived. */
  wait(mask: number): void {
    for (let counter = 0; counter < counters; counter++) if ((mask >> counter) & 1) this.awaited[counter] = this.raised[counter]!;
  }

  /** Throws unless the load of this ticket was issued and waited for. */
  need(ticket: number, what: string): void {
    if (ticket === 0) throw new Error(`uses ${what}, which was never loaded`);
    if (Math.floor(ticket / counters) > this.awaited[ticket % counters]!) throw new Error(`uses ${what} without waiting for it`);
  }
}

interface Sizes {
  readonly elementBytes: number;
  readonly matrices: number;
  readonly words: number;
  readonly accumulators: number;
}

interface IndexEntry {
  readonly value: number;
  readonly ticket: number;
}
