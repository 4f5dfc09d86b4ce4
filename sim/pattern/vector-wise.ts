import {count} from '../config/parameter.ts';
import {elementsOf} from './element-wise.ts';
import {fullMask, type Mask, type Vector} from './mask.ts';
import type {Pattern, Weights} from './pattern.ts';
import {rank} from './rank.ts';

const parameters = {
  n: count('weights kept of every m', {max: 32, default: 2}),
  m: count('consecutive weights along K that share the choice; the sparse tensor core knows 2:4', {max: 32, default: 4}),
};

const hardware = ({n, m}: Vector): boolean => n === 2 && m === 4;

/** VW, n:m: of every m consecutive weights along K a column keeps the n largest. 2:4 is the hardware's; others are decoded by CUDA cores. */
export const vectorWise: Pattern<typeof parameters> = {
  type: 'vw',
  doc: 'n of every m consecutive weights of a column are kept; 2:4 on sparse tensor cores, any other on CUDA cores',
  parameters,
  index: () => ({rows: 0, columns: false}),
  label: ({n, m}) => `${n}:${m}`,
  vector: ({n, m}) => ({n, m}),
  cores: (values) => (hardware(values) ? 'tensor' : 'cuda'),
  granularity: () => undefined,
  refuse: ({n, m}) => (n < m ? undefined : {key: 'n', message: `${n}:${m} prunes nothing; expected an n below m, or type: dense`}),
  prune: (shape, weights, vector) => (hardware(vector) ? fullMask(shape, vector) : chosen(weights(), vector)),
};

/** The n largest of every m, ties to the lower row, named weight by weight. */
function chosen({k, n: columns, values}: Weights, vector: Vector): Mask {
  const {n, m} = vector;
  const kept = new Uint8Array(values.length);
  for (let column = 0; column < columns; column++) {
    for (let first = 0; first < k; first += m) {
      const at = column * k + first;
      const group = values.subarray(at, at + Math.min(m, k - first)).map(Math.abs);
      for (const place of rank(group).subarray(0, n)) kept[at + place] = 1;
    }
  }
  return {k, n: columns, tiles: [], elements: elementsOf({k, n: columns}, (at) => kept[at] === 1), vector};
}
