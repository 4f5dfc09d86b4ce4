/** What one warp, tensor pipe or sub-core did, span after span, none over another. Times in SM cycles; lists go by span. */
export interface ActivityRow {
  readonly sm: number;
  readonly subcore: number;
  /** warp: what it does and waits for; pipe: MMAs on the tensor pipe; ledger: what each cycle of the sub-core is charged to. */
  readonly kind: 'warp' | 'pipe' | 'ledger';
  /** Of a warp, its slot on the SM. */
  readonly slot?: number;
  readonly start: readonly number[];
  readonly end: readonly number[];
  readonly what: readonly string[];
}

/** A close look at a play: some SMs, from one cycle to another. */
export interface Activity {
  readonly from: number;
  readonly to: number;
  readonly rows: readonly ActivityRow[];
  /** Spans that there was no more room for; those told are the earliest. */
  readonly leftOut: number;
  /** Of every interval of so many cycles: the share that each L2 slice and each DRAM channel was busy, 0…1, and rows opened in all of DRAM. */
  readonly units: {
    readonly every: number;
    readonly slices: readonly (readonly number[])[];
    readonly channels: readonly (readonly number[])[];
    readonly activations: readonly number[];
  };
}
