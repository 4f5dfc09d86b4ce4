import {count} from '../../config/parameter.ts';
import type {Network} from './network.ts';

const parameters = {
  batch: count('sequences at a time', {default: 1}),
  sequence: count('tokens of a sequence', {default: 128}),
};

/** Devlin et al. 2018: `layers` encoders of `hidden` features and four times as many between the two feed-forward matrices. */
function bert(name: string, layers: number, hidden: number): Network<typeof parameters> {
  return {
    name,
    doc: `${name.replace('bert', 'BERT')}: ${layers} encoders of ${hidden} features; every weight of theirs is prunable; embeddings are look-ups, the scores of attention have no weights, and the task’s head is left out`,
    parameters,
    label: ({batch, sequence}) => `${name}-b${batch}-s${sequence}`,
    layers: ({batch, sequence}) => {
      const m = batch * sequence;
      return [
        {name: 'qkvo', m, n: hidden, k: hidden, count: 4 * layers},
        {name: 'ffn1', m, n: 4 * hidden, k: hidden, count: layers},
        {name: 'ffn2', m, n: hidden, k: 4 * hidden, count: layers},
      ];
    },
  };
}

export const bertBase = bert('bert-base', 12, 768);
export const bertLarge = bert('bert-large', 24, 1024);
