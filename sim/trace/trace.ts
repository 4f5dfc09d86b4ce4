import type {Op} from './op.ts';

/** Everything the machine needs to play a kernel: where operands lie, and what every warp of every CTA does. A plain value. */
export interface Trace {
  readonly name: string;
  /** Bytes of one weight or activation. */
  readonly elementBytes: number;
  /** Kernels in stream order; one starts when the one before it has ended. */
  readonly launches: readonly Launch[];
  /** Row and column numbers that gathers and scatters follow. */
  readonly rowIndex: Uint32Array;
  readonly columnIndex: Uint32Array;
}

export interface Launch {
  readonly name: string;
  readonly operands: readonly Operand[];
  /** One program a warp of the CTA; every CTA runs the same. */
  readonly programs: readonly Program[];
  readonly registersPerThread: number;
  /** Shared memory of a CTA in bytes: all stages, or the epilogue's staging if that is larger. */
  readonly sharedMemoryBytes: number;
  readonly stages: number;
  readonly grid: Grid;
  /** Accumulators a warp holds: its tile in units of 16 weights × 8 activations, weights first. */
  readonly accumulators: {readonly down: number; readonly right: number};
}

/** A warp's instructions: `ops[0…body)` once, `ops[body…epilogue)` once a K tile, the rest once. */
export interface Program {
  readonly ops: readonly Op[];
  readonly body: number;
  readonly epilogue: number;
}

/** How the K tile of one operand lies in global and in shared memory. */
export interface Operand {
  readonly name: OperandName;
  /** Rows the address moves on, and bytes along a row, from one K tile to the next. */
  readonly rowsPerStep: number;
  readonly bytesPerStep: number;
  /** Rows of global memory are named by an index; undefined: they follow one another. */
  readonly gather?: 'row' | 'column';
  /** The copy engine knows the index, which no warp has to load. */
  readonly walked?: true;
  /** Neighbouring rows that one entry of the index names; undefined: 1. */
  readonly rowsPerEntry?: number;
  /** The index names places along a row, this many bytes each, and not rows: the reduced or written dimension is contiguous. */
  readonly placeBytes?: number;
  /** Of a load of words that name rows by their places among m, n of them a group: which n and m. */
  readonly places?: {readonly n: number; readonly m: number};
  /** Of a warp's several output columns, the one it is for; undefined: the only one. */
  readonly part?: number;
  /** The tile in a stage of shared memory; undefined: the operand does not pass through it. */
  readonly shared?: SharedTile;
}

export type OperandName = 'activation' | 'weight' | 'metadata' | 'index' | 'scatter' | 'output' | 'partial' | 'pointer' | 'spill';

export interface SharedTile {
  /** Byte offset in the stage. */
  readonly offset: number;
  readonly stageBytes: number;
  readonly rowBytes: number;
  /** K tiles that are kept, where they are not as many as the kernel has stages. */
  readonly stages?: number;
}

/** What differs from CTA to CTA, in launch order. Arrays of operands are indexed operand · ctas + cta. */
export interface Grid {
  readonly ctas: number;
  /** K tiles the main loop runs through. */
  readonly steps: Int32Array;
  /** Of kernels in streams of their own: which of them the CTA belongs to; they reach the GPU one launch gap apart. */
  readonly kernel?: Int32Array;
  /** Which weight tile (of the mask) the CTA multiplies. */
  readonly tile: Int32Array;
  /** Byte address of row 0, byte 0 of the operand's first K tile. */
  readonly base: Float64Array;
  /** Bytes from one row to the next. */
  readonly pitch: Float64Array;
  /** Rows and bytes a row that exist, over all K tiles; the rest is not asked for. */
  readonly rows: Int32Array;
  readonly bytes: Int32Array;
  /** First entry in the index of a gathered or scattered operand. */
  readonly indexStart: Int32Array;
}
