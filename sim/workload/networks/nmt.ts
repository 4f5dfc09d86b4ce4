import {count} from '../../config/parameter.ts';
import type {Network} from './network.ts';

const parameters = {
  batch: count('sentences at a time', {default: 1}),
  sequence: count('tokens of a sentence, each a step of the recurrence', {default: 50}),
};

/** Units of a layer; the four gates of an LSTM cell are columns of one matrix. */
const units = 512;

/**
 * The weights that SC20's artifact prunes, by their shapes in clevercool/TileSparsity, Pruning/NMT/nmt/train.py; iwslt15.json has
 * sentences of at most 50 tokens. A step of the recurrence is a GEMM of its own, and the four cells do one each.
 */
export const nmt: Network<typeof parameters> = {
  name: 'nmt',
  doc: 'LSTM translation (IWSLT15: 512 units, bidirectional encoder, two decoder layers); memory and attention layers stay dense; embeddings are look-ups, and the projection to the vocabulary is left out',
  parameters,
  label: ({batch, sequence}) => `nmt-b${batch}-s${sequence}`,
  layers: ({batch, sequence}) => [
    {name: 'enc_fw', m: batch, n: 4 * units, k: 2 * units, count: sequence},
    {name: 'enc_bw', m: batch, n: 4 * units, k: 2 * units, count: sequence},
    {name: 'dec_cell0', m: batch, n: 4 * units, k: 3 * units, count: sequence},
    {name: 'dec_cell1', m: batch, n: 4 * units, k: 2 * units, count: sequence},
    {name: 'memory', m: batch * sequence, n: units, k: 2 * units, protected: true},
    {name: 'attention', m: batch, n: units, k: 3 * units, count: sequence, protected: true},
  ],
};
