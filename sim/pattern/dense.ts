import {fullMask} from './mask.ts';
import type {Pattern} from './pattern.ts';

/** Nothing is pruned: what every speed-up is measured against. */
export const dense: Pattern<{}> = {
  type: 'dense',
  doc: 'every weight is kept',
  parameters: {},
  index: () => ({rows: 0, columns: false}),
  label: () => 'dense',
  vector: () => undefined,
  granularity: () => undefined,
  prune: (shape) => fullMask(shape),
};
