import type {PackedOperand} from '../packing/packed.ts';
import type {Gemm} from '../workload/gemm.ts';
import {resultBytes, type Activations, type Kernel} from './kernel.ts';
import {accumulatorBytes, accumulatorsOf} from './stream-k.ts';
import {spillPlaces} from './spills.ts';
import {indexBytes} from './tiles.ts';
import type {OperandName} from './trace.ts';

/** Byte addresses of the operands: one region after another, each on its own 512 B, as an allocator lays them. */
export type Regions = Readonly<Record<OperandName, number>>;

/** How the operands lie in global memory. */
export interface Memory {
  readonly regions: Regions;
  /** Bytes from one row of the activations, of the output, of the partial sums to the next. */
  readonly activationPitch: number;
  readonly outputPitch: number;
  readonly partialPitch: number;
  /** Rows of the output: weights (columns of C) if tokens are contiguous, tokens otherwise. */
  readonly outputRows: number;
  readonly byColumn: boolean;
  /** What a CTA spills. */
  readonly spillBytes: number;
  /** All of it. */
  readonly bytes: number;
}

export function layMemory(gemm: Gemm, packed: PackedOperand, kernel: Kernel, activations: Activations, spillBytes = 0): Memory {
  const e = packed.elementBytes;
  const byColumn = activations === 'm-contiguous';
  const pitch = (elements: number, bytes: number): number => Math.ceil((elements * bytes) / 16) * 16;
  const activationPitch = pitch(byColumn ? gemm.m : gemm.k, e);
  const outputRows = byColumn ? gemm.n : gemm.m;
  const rowLength = byColumn ? gemm.m : gemm.n;
  const outputPitch = pitch(rowLength, resultBytes(packed));
  const partialPitch = pitch(rowLength, 4);
  const sizes: Record<OperandName, number> = {
    activation: activationPitch * (byColumn ? gemm.k : gemm.m),
    weight: packed.bytes.values,
    metadata: packed.bytes.metadata,
    index: packed.bytes.rowIndex,
    scatter: packed.bytes.columnIndex,
    output: outputPitch * outputRows,
    partial:
      kernel.streamK === undefined
        ? kernel.splitK > 1
          ? partialPitch * outputRows * kernel.splitK
          : 0
        : kernel.streamK * accumulatorsOf(kernel) * accumulatorBytes,
    // Triton's block-sparse kernel looks up where each row of blocks begins; the others' grids know.
    pointer: packed.bytes.pointers + (kernel.loop === 'triton' ? (packed.tiles.length + 1) * indexBytes : 0),
    spill: spillBytes * spillPlaces,
  };
  let next = 0;
  const regions = Object.fromEntries(
    Object.entries(sizes).map(([name, bytes]) => {
      const base = next;
      next = Math.ceil((next + bytes) / 512) * 512;
      return [name, base];
    }),
  ) as Record<OperandName, number>;
  return {regions, spillBytes, activationPitch, outputPitch, partialPitch, outputRows, byColumn, bytes: next};
}
