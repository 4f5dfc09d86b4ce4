const chunkBytes = 16;
/** A line of shared memory, 4 B in each of 32 banks, is eight chunks. */
const lineChunks = 8;

/**
 * Where byte `column` of row `row` of a tile lies in shared memory, relative to the tile. 16 B chunks are XOR-permuted among
 * their neighbours, the layout CUTLASS uses so that ldmatrix and cp.async both meet 32 distinct banks: one column of
 * 8 / p successive rows falls on different chunks of a line by itself, where p is the power of two in the row's length, and
 * the p rows-full after them are told apart by permuting p chunks. `rowBytes` is a multiple of 16.
 */
export function swizzled(rowBytes: number, row: number, column: number): number {
  const chunks = rowBytes / chunkBytes;
  const permuted = Math.min(lineChunks, chunks & -chunks);
  const permutation = Math.floor((row * permuted) / lineChunks) & (permuted - 1);
  return row * rowBytes + (column ^ (permutation * chunkBytes));
}

/** Wavefronts one access takes: the most 4 B words of different lines that fall into one of the 32 banks. */
export function wavefronts(addresses: readonly number[], bytes: number): number {
  const perBank = Array.from({length: 32}, (): number[] => []);
  let most = 0;
  for (const address of addresses) {
    for (let word = address >> 2; word < (address + bytes) >> 2; word++) {
      const words = perBank[word & 31]!;
      if (!words.includes(word)) most = Math.max(most, words.push(word));
    }
  }
  return most;
}
