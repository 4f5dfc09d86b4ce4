import type {Format} from './format.ts';

/** Every kept row is stored, in order: a tile condenses to a dense matrix. */
export const condensed: Format = {
  stored: (rows) => rows,
  words: () => 0,
  encode: (column, values) => values.set(column),
  decode: (values, _, column) => column.set(values),
};
