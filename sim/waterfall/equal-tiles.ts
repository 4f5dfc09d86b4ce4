import type {Mask} from '../pattern/mask.ts';

/** The same mask with as many rows in every tile: the mean, weighed by columns, so that as many weights are kept. */
export function equalTiles(mask: Mask): Mask {
  const columns = mask.tiles.reduce((sum, tile) => sum + tile.columns.length, 0);
  const kept = mask.tiles.reduce((sum, tile) => sum + tile.columns.length * tile.rows.length, 0);
  const mean = Math.max(1, Math.round(kept / Math.max(1, columns)));
  return {...mask, tiles: mask.tiles.map((tile) => ({...tile, rows: resized(tile.rows, mean, mask.k)}))};
}

/** `count` rows: of too many every so manieth is dropped, of too few every so manieth of the others is taken in. */
function resized(rows: Uint32Array, count: number, k: number): Uint32Array {
  if (rows.length >= count) return spread(rows, count);
  const has = new Set(rows);
  const others = Uint32Array.from({length: k}, (_, row) => row).filter((row) => !has.has(row));
  return Uint32Array.from([...rows, ...spread(others, count - rows.length)]).toSorted();
}

function spread(from: Uint32Array, count: number): Uint32Array {
  return Uint32Array.from({length: count}, (_, i) => from[Math.floor((i * from.length) / count)]!);
}
