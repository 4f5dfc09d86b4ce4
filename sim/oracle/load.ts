import {FreeSlots} from './free-slots.ts';

/** What the busiest SM has to do, a CTA slot: CTAs, and K tiles. Time grows with both, and with nothing else of a grid. */
export interface Load {
  readonly ctas: number;
  readonly steps: number;
}

/** What a CTA takes beside its K tiles, in K tiles: start, first loads, epilogue. Assumed; the order in which slots come free and the clock’s first guess hang on it, no result does. */
export const ends = 3;

/** Deals CTAs with main loops of `steps` K tiles, in order, to the slots that come free: `perSm` on each of `sms` SMs. */
export function busiest(steps: ArrayLike<number>, sms: number, perSm: number): Load {
  const free = new FreeSlots(sms * perSm);
  const [ctas, tiles] = [new Float64Array(sms), new Float64Array(sms)];
  for (let cta = 0; cta < steps.length; cta++) {
    const sm = free.take(steps[cta]! + ends) % sms;
    ctas[sm]! += 1 / perSm;
    tiles[sm]! += steps[cta]! / perSm;
  }
  let most = 0;
  for (let sm = 1; sm < sms; sm++) if (tiles[sm]! + ends * ctas[sm]! > tiles[most]! + ends * ctas[most]!) most = sm;
  return {ctas: ctas[most]!, steps: tiles[most]!};
}
