const counters = 6;
/** Elements of an ldmatrix matrix, and of an m16n8 accumulator. */
export const matrixElements = 64;
export const accumulatorElements = 128;
const lanes = 32;

/**
 * The registers of a warp, all lanes together: 8 × 8 matrices, metadata words a lane, accumulators of 16 weights × 8 tokens, and
 * the rows an index names. What a load brings can be used once the counter it was issued with has been waited for.
 */
export class Registers {
  readonly matrices: Float64Array;
  readonly words: Uint32Array;
  readonly accumulators: Float64Array;
  /** What the row and the column index say of each row, and the ticket of the load that brought it. */
  readonly index = {row: new Map<number, IndexEntry>(), column: new Map<number, IndexEntry>()};
  /** For FFMA: a column's weights by number, and activation rows by the place they were loaded to. */
  readonly held = {weights: new Map<number, IndexEntry>(), rows: new Map<number, {number: number; values: readonly number[]; ticket: number}>()};
  /** Ticket of the load of each matrix, of each metadata word's register; 0: none yet. */
  readonly matrixTicket: Int32Array;
  readonly wordTicket: Int32Array;
  private readonly raised = new Int32Array(counters);
  private readonly awaited = new Int32Array(counters);

  constructor({matrices, words, accumulators}: {readonly matrices: number; readonly words: number; readonly accumulators: number}) {
    this.matrices = new Float64Array(matrices * matrixElements).fill(NaN);
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

interface IndexEntry {
  readonly value: number;
  readonly ticket: number;
}
