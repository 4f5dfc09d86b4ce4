import {pruneNetwork} from './network.ts';
import type {Layer, Pattern} from './pattern.ts';
import {importanceOf} from './retained.ts';

type PatternValues = {readonly [parameter: string]: unknown};

/** Sparsities are searched on a grid of a thousandth: a tenth of a percent of the weights. */
const grid = 1000;

/**
 * The highest sparsity, of whole thousandths, at which the layers together retain at least `share` of Σ|w|; a thousandth more retains less.
 * Undefined: even the least sparsity that the pattern can do retains less.
 */
export function sparsityRetaining(
  pattern: Pattern,
  layers: readonly Layer[],
  values: PatternValues,
  stages: readonly number[],
  share: number,
): number | undefined {
  const {from, below} = pattern.sparsities!(values);
  const spare = (step: number) => retainedBy(pattern, layers, {...values, sparsity: step / grid}, stages) - share;
  const told = pattern.sparsityRetaining?.(layers, share);
  if (told !== undefined && stages.length === 0) return Math.floor(told * grid) / grid;
  let enough = Math.ceil(from * grid - 1e-9);
  let spared = spare(enough);
  if (spared < 0) return undefined;
  // What is kept shrinks from there to about nothing: the chord's crossing is a better guess than the middle, unless it creeps.
  let tooMuch = Math.ceil(below * grid - 1e-9);
  let lacked = share;
  for (let tries = 0; tooMuch - enough > 1; tries++) {
    const guess = tries % 3 === 2 ? (enough + tooMuch) / 2 : enough + ((tooMuch - enough) * spared) / (spared + lacked);
    const step = Math.min(tooMuch - 1, Math.max(enough + 1, Math.round(guess)));
    const difference = spare(step);
    if (difference >= 0) [enough, spared] = [step, difference];
    else [tooMuch, lacked] = [step, -difference];
  }
  return enough / grid;
}

/** Share of Σ|w| that the layers retain together, each as often as it occurs. */
export function retainedBy(pattern: Pattern, layers: readonly Layer[], values: PatternValues, stages: readonly number[]): number {
  const masks = pruneNetwork(pattern, layers, values, stages);
  let kept = 0;
  let all = 0;
  for (const [i, {weights, count}] of layers.entries()) {
    const own = importanceOf(masks[i]!, weights);
    kept += own.kept * count;
    all += own.all * count;
  }
  return all > 0 ? kept / all : 1;
}
