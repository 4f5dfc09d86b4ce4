import {fraction, optional} from '../config/parameter.ts';
import {formatShare} from '../config/units.ts';

/** What a pattern of a chosen sparsity is asked for: the share that goes, or in its place the importance that stays. */
export function request(doc: string) {
  return {
    sparsity: fraction(doc),
    retained: optional(
      fraction(
        'in place of a sparsity: the share of Σ|w| that is to survive, of a layer or, ranked together, of a network; the highest sparsity that leaves it is searched for, and stands in the result',
      ),
    ),
  };
}

/** 75 %, or of what is asked to retain half of the importance: keep 0.5. */
export function requestText({sparsity, retained}: {readonly sparsity: number; readonly retained?: number | undefined}): string {
  return retained === undefined ? formatShare(sparsity) : `keep ${retained}`;
}
