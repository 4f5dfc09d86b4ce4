import type {Elements, Mask} from './mask.ts';
import type {Weights} from './pattern.ts';

/**
 * Share of Σ|w| that survives, 0…1: what pruning studies call energy (VENOM, SC'23), and the nearest to accuracy that can be
 * said without training. `weights` is looked at only where something is pruned.
 */
export function retainedImportance(mask: Mask, weights: () => Weights): number {
  const {k, n, tiles, vector, elements} = mask;
  if (!vector && tiles.reduce((sum, {rows, columns}) => sum + rows.length * columns.length, 0) === k * n) return 1;
  const {values} = weights();
  let kept = 0;
  for (const {columns, rows} of tiles) {
    for (const column of columns) {
      const magnitudes = Float64Array.from(rows, (row) => Math.abs(values[column * k + row]!));
      kept += vector ? ofLargest(magnitudes, vector.n, vector.m) : sum(magnitudes);
    }
  }
  if (elements) kept += sum(ofElements(elements, values, k));
  const all = values.reduce((total, value) => total + Math.abs(value), 0);
  return all > 0 ? kept / all : 1;
}

/** The sum of the n largest of every m. */
function ofLargest(magnitudes: Float64Array, n: number, m: number): number {
  let total = 0;
  for (let start = 0; start < magnitudes.length; start += m)
    total += sum(
      magnitudes
        .slice(start, start + m)
        .sort()
        .slice(-n),
    );
  return total;
}

/** The magnitudes of weights kept one by one. */
function ofElements({start, rows}: Elements, values: Float32Array, k: number): Float64Array {
  const magnitudes = new Float64Array(rows.length);
  for (let column = 0; column + 1 < start.length; column++)
    for (let i = start[column]!; i < start[column + 1]!; i++) magnitudes[i] = Math.abs(values[column * k + rows[i]!]!);
  return magnitudes;
}

function sum(numbers: Float64Array): number {
  return numbers.reduce((total, number) => total + number, 0);
}
