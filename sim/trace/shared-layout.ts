/**
 * Where byte `column` of row `row` of a tile lies in shared memory, relative to the tile. 16 B chunks are XOR-permuted inside
 * each 128 B line by the line's number, the layout CUTLASS uses so that ldmatrix and cp.async both meet 32 distinct banks.
 */
export function swizzled(rowBytes: number, row: number, column: number): number {
  const rowsPerLine = rowBytes >= 128 ? 1 : 128 / rowBytes;
  const chunksPerRow = Math.min(8, rowBytes / 16);
  const permutation = Math.floor(row / rowsPerLine) & (chunksPerRow - 1);
  return row * rowBytes + (column ^ (permutation * 16));
}

/** Wavefronts one access takes: the most 4 B words of different lines that fall into one of the 32 banks. */
export function wavefronts(addresses: readonly number[], bytes: number): number {
  const words = new Set<number>();
  for (const address of addresses) for (let b = 0; b < bytes; b += 4) words.add((address + b) >> 2);
  const perBank = new Int32Array(32);
  for (const word of words) perBank[word & 31]!++;
  return Math.max(...perBank);
}
