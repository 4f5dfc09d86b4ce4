/** The version of the waterfall record; a reader refuses what is newer. */
export const waterfallSchema = 2;

/** What of an operand takes time at a level, switched off one at a time: that level's bars tell how much of it the multiplications do not hide. */
const levels = {
  dram: {
    label: 'DRAM',
    meaning: (what: string) => `${what} that L2 misses, on their way from DRAM`,
    ablation: (what: string) => `${what} that L2 misses are there at once`,
  },
  l2: {
    label: 'L2 → SM',
    meaning: (what: string) => `${what} copied from L2 into shared memory`,
    ablation: (what: string) => `${what} are not copied`,
  },
  shared: {
    label: 'shared',
    meaning: (what: string) => `${what} read from shared memory into registers`,
    ablation: (what: string) => `${what} are not read`,
  },
} as const;

const at = (level: keyof typeof levels, operand: string, what = operand) => ({
  label: `${operand}: ${levels[level].label}`,
  meaning: levels[level].meaning(what),
  ablation: levels[level].ablation(what),
});

/**
 * What makes a pattern's time differ from the dense kernel's, from the dense side to the pattern's: the order in which the bars
 * stand. Each is defined by an ablation: a play of the same trace with one thing switched off. `meaning` says what it is,
 * `ablation` what was switched off, given that everything below it in this table is switched off already.
 */
export const effects = {
  multiplications: {
    label: 'pruned rows and columns',
    meaning: 'multiplications of pruned rows and columns that are not made',
    ablation: 'by arithmetic: what the tensor pipes need for them in the dense MMA',
  },
  vector: {
    label: 'n:m multiplications',
    meaning: 'multiplications that sparse MMAs skip inside the tiles, with 2:4 every second one',
    ablation: 'by arithmetic: the kept multiply-adds at the rate of the dense MMA, less those at mma.sp’s',
  },
  padding: {
    label: 'padding',
    meaning: 'multiplications that only fill up tiles',
    ablation: 'by arithmetic: multiply-adds that are issued, less those of kept rows and columns',
  },
  loop: {
    label: 'shape of the main loop',
    meaning: 'what is left: MMAs that wait for one another, and sub-cores that share them unevenly',
    ablation: 'a kernel that does nothing but multiply, less what its tensor pipes need',
  },
  control: {
    label: 'barriers, loop control',
    meaning: 'warps that wait for each other at the end of a K tile; pointers, counters and branches',
    ablation: 'no barrier, no wait for copies, no integer instruction',
  },
  shared_activations: at('shared', 'activations'),
  shared_weights: at('shared', 'weights'),
  shared_metadata: at('shared', 'metadata'),
  l2_activations: at('l2', 'activations'),
  l2_weights: at('l2', 'weights'),
  l2_metadata: at('l2', 'metadata'),
  index: {
    label: 'index: L2 → SM',
    meaning: 'loads of row and column numbers, and the address arithmetic they ask for',
    ablation: 'no index is loaded, and a gathered row’s address is one add',
  },
  index_wait: {
    label: 'dependent index loads',
    meaning: 'copies that wait for the row number that steers them, stores for their column number',
    ablation: 'addresses are known at once; the index is loaded all the same',
  },
  dram_activations: at('dram', 'activations'),
  dram_weights: at('dram', 'weights'),
  dram_metadata: at('dram', 'metadata'),
  dram_index: at('dram', 'index', 'row and column numbers'),
  start: {
    label: 'start of CTAs',
    meaning: 'from the launch, or the end of the CTA before, to the first instruction',
    ablation: 'CTAs are handed out, and begin, at once',
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
  /** One; a list, so that effects that cannot be told apart may be told together. */
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
