import {unpackElements} from './elements.ts';
import {formatOf} from './format.ts';
import type {PackedContents, PackedOperand} from './packed.ts';

/** The weight matrix that was packed, K×N with weight (k, n) at n · K + k, and 0 where it was pruned. */
export function unpack(packed: PackedOperand, {values, metadata, rowIndex, columnIndex}: PackedContents): Float32Array {
  const {k, n, elementBytes, index} = packed;
  const format = formatOf(packed.vector);
  const weights = new Float32Array(k * n);
  let passed = 0; // columns of earlier tiles; without an index they are the numbers of the next

  for (const tile of packed.tiles) {
    const width = tile.columns.length;
    const column = new Float32Array(tile.rows.length);
    const words = new Uint32Array(format.words(column.length));
    for (let j = 0; j < width; j++) {
      const firstWord = tile.metadataOffset / 4 + j;
      for (let block = 0; block < words.length; block++) words[block] = metadata[firstWord + (block * tile.metadataPitch) / 4]!;
      const at = (tile.valueOffset + j * tile.valuePitch) / elementBytes;
      format.decode(values.subarray(at, at + tile.stored), words, column);

      const target = k * (index.columns ? columnIndex[tile.columnIndexOffset / 4 + j]! : passed + j);
      for (let i = 0; i < column.length; i++) {
        const row = index.rows > 0 ? rowIndex[tile.rowIndexOffset / 4 + Math.floor(i / index.rows)]! * index.rows + (i % index.rows) : i;
        weights[target + row] = column[i]!;
      }
    }
    passed += width;
  }
  const {elements} = packed;
  if (elements) {
    const names = (elements.vector ? metadata : rowIndex).subarray(elements.nameOffset / 4);
    unpackElements(elements, values.subarray(elements.valueOffset / elementBytes), names, k, weights);
  }
  return weights;
}
