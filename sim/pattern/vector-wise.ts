import {count} from '../config/parameter.ts';
import {fullMask} from './mask.ts';
import type {Pattern} from './pattern.ts';

const parameters = {
  n: count('weights kept of every m', {max: 32, default: 2}),
  m: count('consecutive weights along K that share the choice; the sparse tensor core knows 2:4', {max: 32, default: 4}),
};

/** VW, n:m: of every m consecutive weights along K a column keeps the n largest. */
export const vectorWise: Pattern<typeof parameters> = {
  type: 'vw',
  doc: 'n of every m consecutive weights of a column are kept',
  parameters,
  index: () => ({rows: 0, columns: false}),
  label: ({n, m}) => `${n}:${m}`,
  vector: ({n, m}) => ({n, m}),
  granularity: () => undefined,
  refuse: ({n, m}) =>
    n === 2 && m === 4
      ? undefined
      : {key: n === 2 ? 'm' : 'n', message: `${n}:${m} has no kernel: the sparse tensor core multiplies 2:4, and no other n:m is built yet.`},
  prune: (shape, _, {n, m}) => fullMask(shape, {n, m}),
};
