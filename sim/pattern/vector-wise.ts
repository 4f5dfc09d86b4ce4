import {count} from '../config/parameter.ts';
import {elementsOf} from './element-wise.ts';
import {fullMask, ratioOf, type Mask, type Vector} from './mask.ts';
import type {Pattern, Weights} from './pattern.ts';
import {rank} from './rank.ts';

const parameters = {
  n: count('weights kept of every m', {max: 32, default: 2}),
  m: count('consecutive weights along K that share the choice; the sparse tensor cores of silicon know 2:4', {max: 32, default: 4}),
};

/** VW, n:m: of every m consecutive weights along K a column keeps the n largest. 2:4 is the hardware's; what a GPU's is not, CUDA cores decode. */
export const vectorWise: Pattern<typeof parameters> = on(['2:4']);

function on(packed: readonly string[]): Pattern<typeof parameters> {
  const hardware = (vector: Vector): boolean => packed.includes(ratioOf(vector));
  return {
    type: 'vw',
    doc: 'n of every m consecutive weights of a column are kept; on sparse tensor cores that know n:m (2:4), otherwise on CUDA cores',
    parameters,
    // 2:4 has no other kernel: a GPU without it refuses it.
    on: (known) => on(['2:4', ...known]),
    index: () => ({rows: 0, columns: false}),
    label: ratioOf,
    vector: ({n, m}) => ({n, m}),
    cores: (values) => (hardware(values) ? 'tensor' : 'cuda'),
    granularity: () => undefined,
    refuse: ({n, m}) => (n < m ? undefined : {key: 'n', message: `${n}:${m} prunes nothing; expected an n below m, or type: dense`}),
    prune: (shape, weights, vector) => (hardware(vector) ? fullMask(shape, vector) : chosen(weights(), vector)),
  };
}

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
