/** What the busiest SM has to do, a CTA slot: CTAs, and K tiles. Time grows with both, and with nothing else of a grid. */
export interface Load {
  readonly ctas: number;
  readonly steps: number;
}

/** What a CTA takes beside its K tiles, in K tiles: start, first loads, epilogue. Only the order in which slots come free hangs on it. */
const ends = 3;

/** Deals CTAs with main loops of `steps` K tiles, in order, to the slots that come free: `perSm` on each of `sms` SMs. */
export function busiest(steps: ArrayLike<number>, sms: number, perSm: number): Load {
  const slots = sms * perSm;
  const [free, ctas, tiles] = [new Float64Array(slots), new Float64Array(sms), new Float64Array(sms)];
  const heap = Int32Array.from({length: slots}, (_, slot) => slot);
  for (let cta = 0; cta < steps.length; cta++) {
    const slot = heap[0]!;
    free[slot]! += steps[cta]! + ends;
    ctas[slot % sms]! += 1 / perSm;
    tiles[slot % sms]! += steps[cta]! / perSm;
    sink(heap, free);
  }
  let most = 0;
  for (let sm = 1; sm < sms; sm++) if (tiles[sm]! + ends * ctas[sm]! > tiles[most]! + ends * ctas[most]!) most = sm;
  return {ctas: ctas[most]!, steps: tiles[most]!};
}

/** Puts the first of a heap, ordered by when slots are free and then by number, in its place. */
function sink(heap: Int32Array, free: Float64Array): void {
  const earlier = (a: number, b: number): boolean => free[a]! < free[b]! || (free[a] === free[b] && a < b);
  for (let at = 0; ;) {
    let least = 2 * at + 1;
    if (least >= heap.length) return;
    if (least + 1 < heap.length && earlier(heap[least + 1]!, heap[least]!)) least++;
    if (!earlier(heap[least]!, heap[at]!)) return;
    const slot = heap[at]!;
    heap[at] = heap[least]!;
    heap[least] = slot;
    at = least;
  }
}
