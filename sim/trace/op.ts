import type {Vector} from '../pattern/mask.ts';

/**
 * The warp-level instructions a trace is made of. Names are SASS's. One op is one instruction of one warp, all lanes.
 *
 * Copies and loads name a block of an operand's current K tile: `rows` rows from `row`, `bytes` bytes of each from byte
 * `column`; addresses.ts turns it into global addresses. `ahead` is which K tile is meant, counted from the loop's current one.
 * Long-latency results are waited for through six counters a warp, as on silicon: `set` names the counter an op holds up
 * until its result is there, `wait` is a bit mask of the counters that must be down before an op may issue.
 */
export type Op =
  | LdgstsOp
  | LdgOp
  | StgOp
  | LdsmOp
  | LdsOp
  | StageOp
  | StsOp
  | MmaOp
  | FfmaOp
  | {readonly op: 'ALU'; readonly count: number; readonly wait?: number}
  /** LDGDEPBAR: closes the group of this warp's LDGSTS since the last one. */
  | {readonly op: 'COMMIT'}
  /** DEPBAR: waits until at most `groups` closed groups are still on their way. */
  | {readonly op: 'DEPBAR'; readonly groups: number}
  | {readonly op: 'BAR'};

interface Block {
  /** Index into the launch's operands. */
  readonly operand: number;
  readonly row: number;
  readonly rows: number;
  readonly column: number;
  readonly bytes: number;
  readonly ahead: number;
  readonly wait?: number;
}

/** cp.async: global to shared memory, past the registers and L1; lands at the same place of the operand's stage. */
export interface LdgstsOp extends Block {
  readonly op: 'LDGSTS';
}

/** Global to registers, through L1. Row indices steer later gathers; partial sums feed the reduction. */
export interface LdgOp extends Block {
  readonly op: 'LDG';
  readonly set: number;
  /** Activation rows, and blocks on their way to shared memory: the place in registers they are loaded to. */
  readonly to?: number;
  /** 2:4 metadata of 32 weight rows, a word a lane: the metadata register written. */
  readonly word?: number;
}

/** Registers to global memory. */
export interface StgOp extends Block {
  readonly op: 'STG';
}

/**
 * ldmatrix: `down` × `right` matrices of 8 rows × 16 B from a stage, the first at (row, column), into registers that run
 * down the rows first, or right along a row first.
 */
export interface LdsmOp {
  readonly op: 'LDSM';
  readonly operand: number;
  readonly row: number;
  readonly column: number;
  readonly down: number;
  readonly right: number;
  readonly first: 'down' | 'right';
  readonly transposed: boolean;
  readonly ahead: number;
  /** First matrix register written. */
  readonly to: number;
  /** Copies of each matrix that lanes take; undefined: 1. Without ldmatrix it is an LDS.128, and Volta's quad pairs hold 2. */
  readonly copies?: number;
  readonly set: number;
  readonly wait?: number;
}

/** Registers to a stage of shared memory: a block that an LDG brought to `from`, 16 B a lane (STS.128), where there is no cp.async. */
export interface StageOp extends Block {
  readonly op: 'STAGE';
  readonly from: number;
  readonly set: number;
}

/** 32-bit words from a stage, one a lane: metadata of 32 weight rows, or row numbers that steer a gather. */
export interface LdsOp {
  readonly op: 'LDS';
  readonly operand: number;
  readonly row: number;
  readonly column: number;
  /** Bytes from one lane's word to the next one's; undefined: 4, they are neighbours. */
  readonly laneBytes?: number;
  readonly ahead: number;
  /** Metadata register written; −1: row numbers. */
  readonly to: number;
  readonly set: number;
  readonly wait?: number;
}

/** Registers to shared memory, or back when `load`: the epilogue's change of layout, `wavefronts` of 128 B. */
export interface StsOp {
  readonly op: 'STS';
  readonly wavefronts: number;
  readonly load: boolean;
  /** Of the rows of C the warp holds those that it stages; undefined: all. */
  readonly slice?: {readonly first: number; readonly rows: number};
  readonly set: number;
  readonly wait?: number;
}

/** FFMA of all lanes on CUDA cores, `count` instructions with the conversions before them: sums += a weight · the activation row loaded to `from`. */
export interface FfmaOp {
  readonly op: 'FFMA';
  readonly count: number;
  /** Which of the warp's output columns; undefined: the only one. */
  readonly part?: number;
  /** Which of the K tile's weights. */
  readonly element: number;
  readonly from: number;
  readonly wait?: number;
}

/**
 * mma.sync or mma.sp: accumulator += weights (16 × k) · activations (k × n). Accumulators are counted in units of 16 × 8; one that is
 * wider takes the next as well.
 */
export interface MmaOp {
  readonly op: 'MMA';
  /** Weights are packed, 2:4 unless `vector` says another n:m. */
  readonly sparse: boolean;
  readonly vector?: Vector;
  /** Logical k of the instruction. */
  readonly k: number;
  /** Tokens; undefined: 8. */
  readonly n?: number;
  /** The k of its matrices that it begins with, where they hold more than it multiplies; undefined: 0. */
  readonly from?: number;
  readonly accumulator: number;
  /** First matrix register of each operand. */
  readonly weights: number;
  readonly activations: number;
  /** First metadata register (2:4: one for every 32 k), and which half of their 32 rows; −1 for a dense MMA. */
  readonly metadata: number;
  readonly half: number;
  /** Bit of that register at which the positions begin; undefined: 0. */
  readonly shift?: number;
  readonly wait?: number;
}

/** The n:m in which an instruction's weights are packed; undefined: they are dense. */
export function vectorOf({sparse, vector}: Pick<MmaOp, 'sparse' | 'vector'>): Vector | undefined {
  return sparse ? (vector ?? silicon) : undefined;
}

/** What mma.sp takes. */
const silicon: Vector = {n: 2, m: 4};

/** Weights as tables of instructions name them: 2:4, or dense. */
export function packing(vector: Vector | undefined): string {
  return vector ? `${vector.n}:${vector.m}` : 'dense';
}

/** Bytes of registers a read of shared memory fills, all lanes together. */
export function registerBytes(op: Op): number {
  return op.op === 'LDSM' ? op.down * op.right * 128 * (op.copies ?? 1) : op.op === 'LDS' ? 128 : 0;
}

/** Bytes of registers that weights, activations, metadata or row numbers go to, from shared memory or past it. */
export function registersFilled(op: Op): number {
  return op.op === 'LDG' && op.word !== undefined ? op.rows * op.bytes : registerBytes(op);
}

/** Rows, columns and k of an MMA. */
export function mmaShape({n = 8, k}: Pick<MmaOp, 'n' | 'k'>): {readonly m: number; readonly n: number; readonly k: number} {
  return {m: 16, n, k};
}
