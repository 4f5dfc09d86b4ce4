import {patterns} from '../pattern/index.ts';
import type {Point} from '../point.ts';

/**
 * About how long a point takes to simulate, next to others: its multiply-adds. Pools start with the longest, so that none is
 * left running alone at the end, and progress is weighed by it.
 */
export function cost({workload, pattern: {type, values}}: Point): number {
  if ('trace' in workload) return unknown;
  const {sparsity} = values;
  const vector = patterns[type]?.vector(values);
  const kept = typeof sparsity === 'number' ? 1 - sparsity : vector ? vector.n / vector.m : 1;
  return workload.m * workload.n * workload.k * Math.max(kept, least);
}

/** Nobody has opened a trace file yet: taken for a dense GEMM of 2048³. */
const unknown = 2 ** 33;
/** What is pruned to nothing is still packed, launched and stored. */
const least = 0.02;
