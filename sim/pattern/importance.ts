import {BadInput, fileProblem} from '../config/problem.ts';
import type {Gemm} from '../workload/gemm.ts';
import {readWeights} from '../workload/weights-file.ts';
import type {Weights} from './pattern.ts';
import {seededWeights} from './weights.ts';

/** The weights by whose magnitude a layer is pruned: those of its file, or drawn from `seed` and its name. Throws BadInput. */
export function importance(gemm: Gemm, seed: number): Weights {
  const {k, n, name, importance: file} = gemm;
  if (!file) return seededWeights({k, n}, seed, name);
  const read = readWeights(file, gemm);
  if ('failure' in read) throw new BadInput([fileProblem(file.file, read.failure)]);
  return {k, n, values: read.values};
}
