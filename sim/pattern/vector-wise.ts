import {count} from '../config/parameter.ts';
import {elementsOf} from './element-wise.ts';
import {fullMask, ratioOf, type Mask, type Vector} from './mask.ts';
import type {Pattern, Weights} from './pattern.ts';
import {before} from './rank.ts';

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
      const start = column * k + first;
      const end = start + Math.min(m, k - first);
      for (let at = start; at < end; at++) if (before(values, at, start, end) < n) kept[at] = 1;
    }
  }
  return {k, n: columns, tiles: [], elements: elementsOf({k, n: columns}, (at) => kept[at] === 1), vector};
}
