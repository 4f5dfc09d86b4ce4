/** The version of the waterfall record; a reader refuses what is newer. */
export const waterfallSchema = 1;

/**
 * What makes a pattern's time differ from the dense kernel's, from the dense side to the pattern's: the order in which the bars
 * stand. Each is defined by an ablation: a play of the same trace with one thing switched off. `meaning` says what it is,
 * `ablation` what was switched off, given that everything below it in this table is switched off already.
 */
export const effects = {
  kernel: {
    label: 'another kernel',
    meaning: 'the dense GEMM runs with the pattern’s tile, warps, stages and walk instead of its own',
    ablation: 'the dense GEMM with the pattern’s kernel against that with its own',
  },
  loop: {
    label: 'shape of the main loop',
    meaning: 'what else differs between the loops: how many K tiles there are, their instructions, fragment reads and barriers',
    ablation: 'the pattern’s loop with the dense kernel’s multiplications and loads put back, against the dense loop',
  },
  multiplications: {
    label: 'pruned rows and columns',
    meaning: 'multiplications of pruned rows and columns that are not made',
    ablation: 'the MMA’s interval as long as the tensor pipes need for every row and column',
  },
  vector: {
    label: '2:4 multiplications',
    meaning: 'multiplications that mma.sp skips inside the tiles',
    ablation: 'the interval of a multiply-add as in the dense MMA',
  },
  weights: {
    label: 'weights not loaded',
    meaning: 'weight copies that are not made, from DRAM or L2 down to shared memory',
    ablation: 'copies of the pruned weights put back into every K tile, at addresses of their own',
  },
  activations: {
    label: 'activations not loaded',
    meaning: 'activation copies that are not made, from DRAM or L2 down to shared memory',
    ablation: 'copies of the pruned rows put back into every K tile',
  },
  padding: {
    label: 'padding',
    meaning: 'multiplications that only fill up tiles',
    ablation: 'the MMA’s interval shorter by the share of multiply-adds that belong to no kept row and column',
  },
  index: {
    label: 'index traffic',
    meaning: 'loads of row and column numbers, and the address arithmetic they ask for',
    ablation: 'no index is loaded, and a gathered row’s address is one add',
  },
  index_wait: {
    label: 'dependent index loads',
    meaning: 'copies that wait for the row number that steers them, stores for their column number',
    ablation: 'addresses are known at once; the index is loaded all the same',
  },
  metadata: {
    label: 'metadata',
    meaning: '2:4 metadata copied to shared memory and read into registers',
    ablation: 'no metadata is copied or read',
  },
  fill: {
    label: 'pipeline fill',
    meaning: 'the copies before the main loop, and the wait for the first of them',
    ablation: 'a CTA finds its first K tiles in shared memory',
  },
  epilogue: {
    label: 'epilogue',
    meaning: 'results through shared memory and out to global memory',
    ablation: 'a CTA ends with its main loop',
  },
  tail: {
    label: 'waves and tail',
    meaning: 'SMs without a CTA while others still work, because CTAs do not divide evenly into waves',
    ablation: 'what is left is spread evenly: the mean end of the SMs instead of the last',
  },
  imbalance: {
    label: 'tile imbalance',
    meaning: 'weight tiles that kept different numbers of rows',
    ablation: 'every tile keeps as many rows as the mean',
  },
  further: {
    label: 'further kernels',
    meaning: 'kernels after the first, such as split-K’s reduction',
    ablation: 'only the first kernel is run',
  },
  launch: {
    label: 'launch',
    meaning: 'launch gaps and the fixed cost of a kernel; time, no SM cycles',
    ablation: 'kernels cost nothing beside their CTAs’ work',
  },
  clock: {
    label: 'clock',
    meaning: 'the clock that the board’s power leaves: other nanoseconds a cycle, other cycles for DRAM',
    ablation: 'the pattern’s trace at the dense kernel’s clock',
  },
} as const;

export type Effect = keyof typeof effects;
export const effectNames = Object.keys(effects) as readonly Effect[];

/** One bar: what the pattern adds to, or (negative) takes from, the dense kernel's cycles and picoseconds. Integers. */
export interface WaterfallBar {
  /** Usually one; where an ablation cannot be had, its effect is told together with the next. */
  readonly effects: readonly Effect[];
  readonly cycles: number;
  readonly time_ps: number;
}

export interface WaterfallEnd {
  /** Digest of the result. */
  readonly digest: string;
  readonly cycles: number;
  readonly time_ps: number;
}

/** From a dense result to a pattern's: dense + the bars = pattern, exactly. A line of waterfall.jsonl, plain JSON. */
export interface Waterfall {
  readonly schema: number;
  readonly dense: WaterfallEnd;
  readonly pattern: WaterfallEnd;
  readonly bars: readonly WaterfallBar[];
}
