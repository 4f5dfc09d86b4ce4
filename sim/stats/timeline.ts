/** The version of the timeline record; a reader refuses what is newer. */
export const timelineSchema = 1;

/** When every CTA of a result ran, and where: a line of timeline.jsonl. Plain JSON; the lists go by CTA as they started. */
export interface Timeline {
  readonly schema: number;
  /** Of the result. */
  readonly digest: string;
  readonly cycles: number;
  readonly clock_mhz: number;
  readonly sms: number;
  /** CTAs that fit on an SM at once. */
  readonly slots: number;
  /** Kernels of the result in stream order, and the first CTA of each in the lists. */
  readonly launches: readonly {readonly name: string; readonly first: number}[];
  readonly cta: readonly number[];
  readonly sm: readonly number[];
  readonly slot: readonly number[];
  /** SM cycles: from the first instruction to the end of the last warp. */
  readonly start: readonly number[];
  readonly end: readonly number[];
  /** Weight tile it multiplies, and K tiles its main loop runs through. */
  readonly tile: readonly number[];
  readonly steps: readonly number[];
  /** Share of every interval of so many cycles that the units of a kind were busy, 0…1; absent in what earlier versions wrote. */
  readonly loads?: {
    readonly every: number;
    readonly tensor: readonly number[];
    readonly shared: readonly number[];
    readonly crossbar: readonly number[];
    readonly l2: readonly number[];
    readonly dram: readonly number[];
  };
}
