import type {Index, Mask} from '../pattern/mask.ts';
import {formatOf} from './format.ts';
import {packElements} from './elements.ts';
import type {PackedOperand, PackedTile} from './packed.ts';

/** The widest copy a thread makes: cp.async faults where its source does not start on a multiple of it. */
const copyBytes = 16;
/** What memory moves: a column's values start on a sector, so that a K tile of 64 B is two sectors and not three. */
const sectorBytes = 32;
const lineBytes = 128;
const wordBytes = 4;

export interface Packing {
  /** Bytes of one stored value: 2 for fp16. */
  readonly elementBytes: number;
  /** Which kept rows and columns an index names; without it the mask must keep them all. */
  readonly index: Index;
}

/** Lays the survivors of `mask` out in global memory, to the byte. Looks at no value. */
export function pack(mask: Mask, {elementBytes, index}: Packing): PackedOperand {
  const {k, n, vector} = mask;
  const format = formatOf(vector);
  const bytes = {values: 0, metadata: 0, rowIndex: 0, columnIndex: 0, pointers: 0};
  const tiles = mask.tiles.map(({columns, rows: kept}): PackedTile => {
    const rows = wholeBlocks(kept, k, index.rows);
    if (index.rows === 0 && rows.length < k) throw new Error(`${k - rows.length} of ${k} rows are pruned, and no index says which`);
    const stored = format.stored(rows.length);
    const valuePitch = roundUp(stored * elementBytes, sectorBytes);
    const metadataPitch = roundUp(columns.length * wordBytes, copyBytes);
    const tile = {
      columns,
      rows,
      ...(rows.length > kept.length && {filler: Uint8Array.from(rows, without(kept))}),
      stored,
      valuePitch,
      metadataPitch,
      valueOffset: bytes.values,
      metadataOffset: bytes.metadata,
      rowIndexOffset: bytes.rowIndex,
      columnIndexOffset: bytes.columnIndex,
    };
    bytes.values += roundUp(columns.length * valuePitch, lineBytes);
    bytes.metadata += roundUp(format.words(rows.length) * metadataPitch, lineBytes);
    bytes.rowIndex += indexEntries(rows.length, index) * wordBytes;
    bytes.columnIndex += index.columns ? columns.length * wordBytes : 0;
    return tile;
  });
  const elements =
    mask.elements && packElements(mask.elements, vector, elementBytes, {values: bytes.values, names: vector ? bytes.metadata : bytes.rowIndex});
  if (elements) {
    bytes.values += elements.bytes.values;
    bytes[vector ? 'metadata' : 'rowIndex'] += elements.bytes.names;
    bytes.pointers = elements.bytes.pointers;
  }
  const columns = tiles.reduce((sum, tile) => sum + tile.columns.length, 0);
  if (!index.columns && !elements && columns < n) throw new Error(`${n - columns} of ${n} columns are pruned, and no index says which`);
  return {k, n, elementBytes, index, ...(vector && {vector}), tiles, ...(elements && {elements}), bytes};
}

function without(kept: Uint32Array): (row: number) => 0 | 1 {
  const known = new Set(kept);
  return (row) => (known.has(row) ? 0 : 1);
}

/** The rows of every block, aligned to its size, that a kept row lies in. */
function wholeBlocks(rows: Uint32Array, k: number, size: number): Uint32Array {
  if (size <= 1) return rows;
  const blocks = new Set(Array.from(rows, (row) => Math.floor(row / size)));
  return Uint32Array.from([...blocks].flatMap((block) => Array.from({length: Math.min(size, k - block * size)}, (_, i) => block * size + i)));
}

/** Entries that name `rows` kept rows; the last block of a K that is no multiple of it may be a part. */
export function indexEntries(rows: number, index: Index): number {
  return index.rows === 0 ? 0 : Math.ceil(rows / index.rows);
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
