import {choice, count, mapping, optional, text} from '../config/parameter.ts';
import {weightsParameters, type WeightsFile} from './weights-file.ts';

/** C[M×N] = A[M×K] · B[K×N]: A are activations (M tokens), B is the weight matrix. `count`: how often the layer occurs. */
export interface Gemm {
  readonly name: string;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly count: number;
  /** The network it is a layer of, which totals are taken over. */
  readonly network?: string;
  /** Stays dense whatever the pattern, as the first convolution and the classifier of a network do. */
  readonly weights?: 'protected';
  /** Where its weights lie; absent: they are drawn by seed. */
  readonly importance?: WeightsFile;
}

/** No layer comes near; a slip of a few digits does. */
const extent = {max: 2 ** 24};

export const gemmParameters = {
  name: text('what the layer is called in results'),
  m: count('rows of the activations: tokens, or pixels of a convolution', extent),
  n: count('columns of the weight matrix: output features', extent),
  k: count('rows of the weight matrix: input features', extent),
  count: count('how often the layer occurs in its network', {default: 1}),
};

/** What may be written of a GEMM: its extents, and its place in a network. */
export const layerParameters = {
  ...gemmParameters,
  network: text('the network it is a layer of; the times of a network’s layers are added up', {default: ''}),
  weights: choice(['prunable', 'protected'], 'protected: they stay dense whatever the pattern, as those of a classifier', {default: 'prunable'}),
  importance: optional(mapping(weightsParameters, 'a file with its weights, which pruning looks at; left out: seeded ones')),
};

/** Pruning holds the whole weight matrix in memory: 4 GiB at this size. */
const mostWeights = 2 ** 30;

/** What is wrong with these extents taken together; undefined: nothing. */
export function refuseGemm({n, k}: Gemm): string | undefined {
  if (n * k <= mostWeights) return undefined;
  // Only now: what it takes to group digits by language costs a tenth of the time in which the command starts.
  return `n × k are ${(n * k).toLocaleString('en')} weights; at most ${mostWeights.toLocaleString('en')} fit`;
}
