import type {Elements, Mask} from './mask.ts';
import type {Weights} from './pattern.ts';

/**
 * Share of Σ|w| that survives, 0…1: what pruning studies call energy (VENOM, SC'23), and the nearest to accuracy that can be
 * said without training. `weights` is looked at only where something is pruned.
 */
export function retainedImportance(mask: Mask, weights: () => Weights): number {
  return survival(mask, weights).retained;
}

/** The same, and Σ|w| of all the weights, if they were looked at. */
export function survival(mask: Mask, weights: () => Weights): {readonly retained: number; readonly magnitude?: number} {
  const {k, n, tiles, vector} = mask;
  if (!vector && tiles.reduce((sum, {rows, columns}) => sum + rows.length * columns.length, 0) === k * n) return {retained: 1};
  const {kept, all} = importanceOf(mask, weights());
  return {retained: all > 0 ? kept / all : 1, magnitude: all};
}

/** Σ|w| of the weights that survive, and of all. */
export function importanceOf({k, tiles, vector, elements}: Mask, {values}: Weights): {readonly kept: number; readonly all: number} {
  let kept = 0;
  for (const {columns, rows} of tiles) {
    const magnitudes = new Float64Array(rows.length);
    for (const column of columns) {
      for (let i = 0; i < rows.length; i++) magnitudes[i] = Math.abs(values[column * k + rows[i]!]!);
      kept += vector ? ofLargest(magnitudes, vector.n, vector.m) : sum(magnitudes);
    }
  }
  if (elements) kept += sum(ofElements(elements, values, k));
  let all = 0;
  for (let i = 0; i < values.length; i++) all += Math.abs(values[i]!);
  return {kept, all};
}

/** The sum of the n largest of every m. */
function ofLargest(magnitudes: Float64Array, n: number, m: number): number {
  const largest = new Float64Array(n);
  let total = 0;
  for (let start = 0; start < magnitudes.length; start += m) {
    largest.fill(0);
    for (let i = start; i < Math.min(start + m, magnitudes.length); i++) {
      const magnitude = magnitudes[i]!;
      let place = -1;
      while (place + 1 < n && largest[place + 1]! < magnitude) largest[place] = largest[++place]!;
      if (place >= 0) largest[place] = magnitude;
    }
    total += sum(largest);
  }
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
  let total = 0;
  for (let i = 0; i < numbers.length; i++) total += numbers[i]!;
  return total;
}
