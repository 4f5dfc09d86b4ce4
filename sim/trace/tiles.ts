import {instructionOf, kPerStored, loopOf, metadataBits, resultBytes, type Kernel, type KernelShape} from './kernel.ts';
import type {Op} from './op.ts';
import type {Operand, OperandName, SharedTile} from './trace.ts';

/** Bytes of one row or column number. */
export const indexBytes = 4;

/** The operands of the kernel, and the stage of shared memory their K tiles share; `metadata` may go past it, to registers. */
export function layTile(kernel: Kernel, shape: KernelShape, metadata: 'shared' | 'registers' = 'shared') {
  const [m, n, k] = kernel.tile as [number, number, number];
  const e = shape.elementBytes;
  const stored = k / kPerStored(shape.vector);
  let stageBytes = 0;
  const share = (rows: number, rowBytes: number): SharedTile => {
    const offset = stageBytes;
    stageBytes += Math.ceil((rows * rowBytes) / 128) * 128;
    return {offset, stageBytes: 0, rowBytes};
  };
  const byRow = shape.activations === 'm-contiguous';
  const activationRows = byRow ? k : m;
  const operands: Operand[] = [
    {
      name: 'activation',
      rowsPerStep: byRow ? k : 0,
      bytesPerStep: byRow ? 0 : k * e,
      ...(shape.index.rows > 0 && {
        gather: 'row' as const,
        ...(shape.indexFree && {walked: true as const}),
        ...(byRow ? {rowsPerEntry: shape.index.rows} : {placeBytes: shape.index.rows * e}),
      }),
      shared: share(activationRows, byRow ? m * e : k * e),
    },
    {name: 'weight', rowsPerStep: 0, bytesPerStep: stored * e, shared: share(n, stored * e)},
  ];
  const copyRows: Partial<Record<OperandName, number>> = {activation: activationRows, weight: n};
  if (shape.vector) {
    const rows = (metadataBits(shape) * k) / instructionOf(shape).k / 32;
    operands.push({name: 'metadata', rowsPerStep: rows, bytesPerStep: 0, ...(metadata === 'shared' && {shared: share(rows, n * 4)})});
    if (metadata === 'shared') copyRows.metadata = rows;
  }
  if (shape.index.rows > 0 && !shape.indexFree) operands.push({name: 'index', rowsPerStep: 0, bytesPerStep: (k / shape.index.rows) * indexBytes});
  if (loopOf(kernel, shape) === 'single_stage' && shape.index.rows > 0) operands.push({name: 'pointer', rowsPerStep: 0, bytesPerStep: 0});
  if (shape.index.columns) operands.push({name: 'scatter', rowsPerStep: 0, bytesPerStep: 0});
  const {name, elementBytes} = outputTile(kernel, shape);
  const scattered = shape.index.columns && {gather: 'column' as const, ...(!byRow && {placeBytes: elementBytes})};
  operands.push({name, rowsPerStep: 0, bytesPerStep: 0, ...scattered});
  // What stream-K's peers leave, and what owners add.
  if (kernel.streamK !== undefined)
    operands.push({name: 'partial', rowsPerStep: 0, bytesPerStep: 0}, {name: 'partial', rowsPerStep: 0, bytesPerStep: 0, part: 1});
  return {operands: operands.map((o) => (o.shared ? {...o, shared: {...o.shared, stageBytes}} : o)), stageBytes, copyRows};
}

/** The block of C a CTA writes: finished values, or partial sums of 4 B under split-K. */
export interface OutputTile {
  readonly name: 'output' | 'partial';
  readonly elementBytes: number;
  readonly rows: number;
  readonly rowBytes: number;
  /** Rows are weights (columns of C), as tokens are contiguous in the activations; otherwise rows are tokens. */
  readonly byColumn: boolean;
}

export function outputTile(kernel: Kernel, shape: KernelShape): OutputTile {
  const [m, n] = kernel.tile as [number, number, number];
  const elementBytes = kernel.splitK > 1 ? 4 : resultBytes(shape);
  const byColumn = shape.activations === 'm-contiguous';
  return {
    name: kernel.splitK > 1 ? 'partial' : 'output',
    elementBytes,
    rows: byColumn ? n : m,
    rowBytes: (byColumn ? m : n) * elementBytes,
    byColumn,
  };
}

/** What a warp does with its accumulators. */
export type Epilogue = (of: {
  readonly kernel: Kernel;
  readonly shape: KernelShape;
  readonly warp: number;
  readonly operands: readonly Operand[];
  readonly out: OutputTile;
}) => readonly Op[];
