import type {PackedContents, PackedOperand} from '../packing/packed.ts';
import type {Memory} from '../trace/memory.ts';
import type {Gemm} from '../workload/gemm.ts';

/**
 * Global memory as a value at the address of its first byte; NaN where nothing was ever written, so that reading it shows in C.
 * `a` is K-major as for referenceGemm. The output is 0 from the start, for under TW nobody writes a pruned column.
 */
export function globalMemory(gemm: Gemm, packed: PackedOperand, contents: PackedContents, a: Float32Array, memory: Memory): Float64Array {
  const {regions, byColumn, activationPitch} = memory;
  const e = packed.elementBytes;
  const values = new Float64Array(memory.bytes).fill(NaN);
  for (let k = 0; k < gemm.k; k++)
    for (let m = 0; m < gemm.m; m++)
      values[regions.activation + (byColumn ? k * activationPitch + m * e : m * activationPitch + k * e)] = a[k * gemm.m + m]!;
  for (const tile of packed.tiles) {
    for (let column = 0; column < tile.columns.length; column++) {
      const first = tile.valueOffset + column * tile.valuePitch;
      for (let slot = 0; slot < tile.stored; slot++) values[regions.weight + first + slot * e] = contents.values[first / e + slot]!;
    }
  }
  contents.metadata.forEach((word, i) => (values[regions.metadata + i * 4] = word));
  contents.rowIndex.forEach((row, i) => (values[regions.index + i * 4] = row));
  contents.pointers.forEach((start, i) => (values[regions.pointer + i * 4] = start));
  const {elements} = packed;
  elements?.rows.forEach((_, i) => {
    const at = elements.valueOffset + i * e;
    values[regions.weight + at] = contents.values[at / e]!;
  });
  contents.columnIndex.forEach((column, i) => (values[regions.scatter + i * 4] = column));
  values.fill(0, regions.output, regions.output + memory.outputPitch * memory.outputRows);
  return values;
}

/** C as referenceGemm lays it out, element (m, n) at n · M + m. */
export function outputOf(values: Float64Array, gemm: Gemm, memory: Memory, elementBytes: number): Float64Array {
  const {regions, byColumn, outputPitch} = memory;
  const c = new Float64Array(gemm.m * gemm.n);
  for (let n = 0; n < gemm.n; n++)
    for (let m = 0; m < gemm.m; m++) {
      const [row, element] = byColumn ? [n, m] : [m, n];
      c[n * gemm.m + m] = values[regions.output + row * outputPitch + element * elementBytes]!;
    }
  return c;
}
