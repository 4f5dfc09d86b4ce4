import type {Weights} from './pattern.ts';

/*
 * A vector's score is its root mean square, so that long and short vectors compete fairly: the sum the SC'20 code divides by
 * the length instead of its root prunes whole layers of K = 3072 away (paper notes 1.3). The square is kept; it ranks alike.
 */

/** The mean square of every column of the layer: N of them. */
export function columnScores({k, n, values}: Weights): Float32Array {
  const scores = new Float32Array(n);
  for (let column = 0; column < n; column++) {
    const start = column * k;
    let sum = 0;
    for (let row = 0; row < k; row++) sum += values[start + row]! * values[start + row]!;
    scores[column] = sum / k;
  }
  return scores;
}

/** The mean square of every row of every tile over the tile's `columns`: tile after tile, K each. */
export function rowScores({k, values}: Weights, tiles: readonly Uint32Array[]): Float32Array {
  const scores = new Float32Array(k * tiles.length);
  const sums = new Float64Array(k);
  for (const [tile, columns] of tiles.entries()) {
    sums.fill(0);
    for (const column of columns) {
      const start = column * k;
      for (let row = 0; row < k; row++) sums[row]! += values[start + row]! * values[start + row]!;
    }
    for (let row = 0; row < k; row++) scores[tile * k + row] = sums[row]! / columns.length;
  }
  return scores;
}

/** The mean square of every block of `size` × `size` weights, smaller at the edges: block column after block column. */
export function blockScores({k, n, values}: Weights, size: number): Float32Array {
  const perColumn = Math.ceil(k / size);
  const scores = new Float32Array(perColumn * Math.ceil(n / size));
  for (let column = 0; column < n; column++) {
    const first = Math.floor(column / size) * perColumn;
    const width = Math.min(size, n - Math.floor(column / size) * size);
    for (let row = 0; row < k; row++) {
      const height = Math.min(size, k - Math.floor(row / size) * size);
      const value = values[column * k + row]!;
      scores[first + Math.floor(row / size)]! += (value * value) / (width * height);
    }
  }
  return scores;
}
