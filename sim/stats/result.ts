/** The version of the result record; a reader refuses what is newer. */
export const schema = 1;

/** One simulated point, a line of results.jsonl. Plain JSON. */
export interface Result {
  readonly schema: number;
  /** sha256 of everything here but `digest`, `host`, `magnitude` and what was measured. */
  readonly digest: string;
  readonly experiment: string;
  readonly gpu: string;
  readonly dtype: string;
  readonly workload: string;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly count: number;
  /** The network it is a layer of. */
  readonly network?: string;
  /** Protected weights are dense whatever the pattern of the others. */
  readonly weights?: 'protected';
  /** The file its weights came from, and their checksum; absent: they were drawn by seed. */
  readonly importance?: {readonly file: string; readonly tensor: string; readonly order: string; readonly sha256?: string};
  readonly pattern: {readonly type: string; readonly label: string; readonly [parameter: string]: unknown};
  readonly kernel: ResultKernel;
  readonly fidelity: string;
  readonly seed: number;
  /** global: ranked together with the other GEMMs of its experiment; absent: by itself. */
  readonly ranking?: string;
  /** Sparsities it was pruned to before its own. */
  readonly stages?: readonly number[];
  readonly activations: string;
  readonly l2: string;
  readonly launch: string;
  /** Where this point stands on each swept axis: {'gpu.l2.capacity': '20 MiB'}; empty without a sweep. */
  readonly axes: {readonly [path: string]: string};
  /** Kernel time as a library's user measures it over back-to-back repeats, launch gap included. */
  readonly time_us: number;
  /** Σ|w| of the layer, by which networks weigh what its layers retain; absent where no weight was looked at. */
  readonly magnitude?: number;
  /** What was measured, and the simulated time over it less one; outside the digest. */
  readonly measured_us?: number;
  readonly error?: number;
  /** What Nsight Compute counted, by metric. */
  readonly measured_metrics?: {readonly [name: string]: number};
  /** SM cycles from the first CTA's launch to the last byte written, launch gap not included. */
  readonly cycles: number;
  readonly clock_mhz: number;
  /** Nsight Compute's names and the project's own (`tvw.…`). */
  readonly metrics: {readonly [name: string]: number};
  /** SM cycles by reason; the reasons add up to `cycles`. */
  readonly ledger: {readonly [reason: string]: number};
  /** Sub-core cycles by reason, one row an SM; each row adds up to `cycles` × sub-cores. */
  readonly ledger_by_sm: {readonly reasons: readonly string[]; readonly rows: readonly (readonly number[])[]};
  /** Kept rows K_t and columns N_t of every weight tile, left to right; the original columns it spans. Without tiles, of every column. */
  readonly tiles: readonly {readonly rows: number; readonly columns: number; readonly span: number}[];
  readonly warnings: readonly string[];
  readonly host: {readonly wall_s: number; readonly events: number; readonly peak_rss_mb: number};
}

export interface ResultKernel {
  readonly name: string;
  readonly tile: readonly [number, number, number];
  readonly warps: readonly [number, number];
  readonly stages: number;
  readonly splitK: number;
  readonly streamK?: number | undefined;
  readonly swizzle: number;
  readonly raster: string;
  readonly ctas: number;
  readonly ctas_per_sm: number;
  readonly waves: number;
}
