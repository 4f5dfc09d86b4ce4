import type {Weights} from '../pattern/pattern.ts';
import {fillElements} from './elements.ts';
import {formatOf} from './format.ts';
import {indexEntries} from './pack.ts';
import type {Index} from '../pattern/mask.ts';
import type {PackedContents, PackedOperand} from './packed.ts';

/** Writes the kept weights into the arrays that `packed` lays out; alignment gaps hold 0. */
export function fill(packed: PackedOperand, weights: Weights): PackedContents {
  if (weights.k !== packed.k || weights.n !== packed.n)
    throw new Error(`weights are ${weights.k}×${weights.n}, what was packed is ${packed.k}×${packed.n}`);
  const {elementBytes, index, bytes} = packed;
  const format = formatOf(packed.vector);
  const values = new Float32Array(bytes.values / elementBytes);
  const metadata = new Uint32Array(bytes.metadata / 4);
  const rowIndex = new Uint32Array(bytes.rowIndex / 4);
  const columnIndex = new Uint32Array(bytes.columnIndex / 4);

  for (const tile of packed.tiles) {
    const {columns, rows, stored} = tile;
    rowIndex.set(entriesOf(rows, index), tile.rowIndexOffset / 4);
    if (index.columns) columnIndex.set(columns, tile.columnIndexOffset / 4);
    const column = new Float32Array(rows.length);
    const words = new Uint32Array(format.words(rows.length));
    for (let j = 0; j < columns.length; j++) {
      const source = columns[j]! * packed.k;
      for (let i = 0; i < rows.length; i++) column[i] = tile.filler?.[i] ? 0 : weights.values[source + rows[i]!]!;
      const at = (tile.valueOffset + j * tile.valuePitch) / elementBytes;
      format.encode(column, values.subarray(at, at + stored), words);
      // Words of the same rows lie side by side, so that one copy brings the metadata of a whole MMA.
      const firstWord = tile.metadataOffset / 4 + j;
      for (let block = 0; block < words.length; block++) metadata[firstWord + (block * tile.metadataPitch) / 4] = words[block]!;
    }
  }
  const {elements} = packed;
  if (elements) {
    const filled = fillElements(elements, weights);
    values.set(filled.values, elements.valueOffset / elementBytes);
    (elements.vector ? metadata : rowIndex).set(filled.names, elements.nameOffset / 4);
  }
  return {values, metadata, rowIndex, columnIndex, pointers: bytes.pointers > 0 ? elements!.start : new Uint32Array()};
}

/** The numbers by which an index names kept rows: their own, or those of the blocks they form. */
export function entriesOf(rows: Uint32Array, index: Index): Uint32Array {
  return Uint32Array.from({length: indexEntries(rows.length, index)}, (_, i) => rows[i * index.rows]! / index.rows);
}
