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
  gathered: false,
  label: ({n, m}) => `${n}:${m}`,
  vector: ({n, m}) => ({n, m}),
  granularity: () => undefined,
  refuse: ({n, m}) => (n > m ? {key: 'n', message: `${n} of ${m} is more than there are. Use 1…${m}.`} : undefined),
  prune: (shape, _, {n, m}) => fullMask(shape, {n, m}),
};
