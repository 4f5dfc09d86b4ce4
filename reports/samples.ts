import {createHash} from 'node:crypto';
import type {Result} from '../sim/stats/result.ts';
import {timelineSchema, type Timeline} from '../sim/stats/timeline.ts';
import {waterfallSchema, type Effect, type Waterfall} from '../sim/stats/waterfall.ts';
import {groupsOf, study, type Explanations} from './study.ts';

/** Results as a simulation would give them, for the tests of the figures. The numbers are made up, and agree with each other. */

interface Sample {
  readonly pattern: Result['pattern'];
  /** Kept share of the K rows, and of the N columns, after TW. */
  readonly rows: number;
  readonly columns: number;
  /** 2:4 inside the tiles. */
  readonly vector: boolean;
  readonly time_us: number;
  /** Shares of the cycles, in per mille; `tensor_active` gets what is left. */
  readonly lost: {readonly [reason: string]: number};
}

const samples: readonly Sample[] = [
  {
    pattern: {type: 'dense', label: 'dense'},
    rows: 1,
    columns: 1,
    vector: false,
    time_us: 251.4,
    lost: {
      selected: 62,
      math_pipe_throttle: 41,
      wait: 18,
      short_scoreboard: 12,
      lg_throttle: 4,
      long_scoreboard: 31,
      barrier: 16,
      not_selected: 6,
      drain: 7,
      launch: 9,
      tail: 38,
      idle: 3,
    },
  },
  {
    pattern: {type: 'vw', label: '2:4', n: 2, m: 4},
    rows: 1,
    columns: 1,
    vector: true,
    time_us: 158.2,
    lost: {
      selected: 81,
      math_pipe_throttle: 22,
      wait: 30,
      short_scoreboard: 55,
      mio_throttle: 37,
      lg_throttle: 16,
      long_scoreboard: 142,
      barrier: 44,
      not_selected: 8,
      drain: 10,
      launch: 14,
      tail: 47,
      idle: 4,
    },
  },
  {
    pattern: {type: 'tw', label: 'TW 75 %', sparsity: 0.75, granularity: 128},
    rows: 0.5,
    columns: 0.5,
    vector: false,
    time_us: 109.6,
    lost: {
      selected: 70,
      math_pipe_throttle: 28,
      wait: 24,
      short_scoreboard: 20,
      mio_throttle: 6,
      lg_throttle: 12,
      long_scoreboard: 118,
      long_scoreboard_index: 52,
      barrier: 26,
      not_selected: 5,
      drain: 14,
      launch: 22,
      tail: 131,
      idle: 9,
    },
  },
  {
    pattern: {type: 'tvw', label: 'TVW 75 %', sparsity: 0.75, granularity: 128},
    rows: 0.7071,
    columns: 0.7071,
    vector: true,
    time_us: 98.1,
    lost: {
      selected: 88,
      math_pipe_throttle: 17,
      wait: 33,
      short_scoreboard: 60,
      mio_throttle: 41,
      lg_throttle: 18,
      long_scoreboard: 171,
      long_scoreboard_index: 48,
      barrier: 49,
      not_selected: 9,
      drain: 13,
      launch: 21,
      tail: 84,
      idle: 6,
    },
  },
  {
    pattern: {type: 'tvw', label: 'TVW 87.5 %', sparsity: 0.875, granularity: 128},
    rows: 0.5,
    columns: 0.5,
    vector: true,
    time_us: 64.3,
    lost: {
      selected: 92,
      math_pipe_throttle: 11,
      wait: 34,
      short_scoreboard: 57,
      mio_throttle: 38,
      lg_throttle: 17,
      long_scoreboard: 203,
      long_scoreboard_index: 79,
      barrier: 52,
      not_selected: 7,
      drain: 20,
      launch: 36,
      tail: 142,
      idle: 11,
    },
  },
];

/** Where a sample stands: FFN2 of BERT base at 100 × 128 tokens on an A100, unless said otherwise. */
export interface Place {
  readonly gpu?: string;
  readonly workload?: string;
  readonly m?: number;
  readonly n?: number;
  readonly k?: number;
  readonly axes?: Result['axes'];
  /** How much longer everything takes than on the A100. */
  readonly slower?: number;
}

/** dense, 2:4, TW 75 %, TVW 75 % and TVW 87.5 % of one GEMM. */
export function fivePatterns(place: Place = {}): readonly Result[] {
  return samples.map((sample) => resultOf(sample, place));
}

/** The same as if nobody had measured them. */
export function unmeasured(results: readonly Result[]): readonly Result[] {
  return results.map((result) => {
    const {measured_us: _, error: __, ...rest} = result;
    return rest;
  });
}

/** TW and TVW at two sparsities and three granularities, beside dense. */
export function granular(): readonly Result[] {
  const [dense, , tw, tvw] = fivePatterns();
  const variants = [64, 128, 256].flatMap((granularity, g) =>
    [0.75, 0.875].flatMap((sparsity, s) =>
      [tw!, tvw!].map((r) => ({
        ...r,
        digest: `${r.digest.slice(2)}${g}${s}`,
        pattern: {...r.pattern, label: `${r.pattern.type.toUpperCase()} ${100 * sparsity} %`, sparsity, granularity},
        time_us: r.time_us * (1 - 0.2 * s) * (1 + 0.1 * (2 - g)),
        metrics: {...r.metrics, 'tvw.sparsity': sparsity},
      })),
    ),
  );
  return [dense!, ...variants];
}

/** Two workloads at two L2 capacities, five patterns each. */
export function sweep(): readonly Result[] {
  const gemms = [{workload: 'ffn2'}, {workload: 'qkvo', n: 768, k: 768}];
  return gemms.flatMap((gemm) =>
    ['20 MiB', '40 MiB'].flatMap((capacity) =>
      fivePatterns({...gemm, axes: {'gpu.l2.capacity': capacity}, slower: capacity === '20 MiB' ? 1.18 : 1}),
    ),
  );
}

function resultOf(sample: Sample, {gpu = 'a100-pcie-80gb', workload = 'ffn2', m = 12800, n = 768, k = 3072, axes = {}, slower = 1}: Place): Result {
  const {pattern, rows, columns, vector, lost} = sample;
  const time_us = Number(((sample.time_us * slower * n * k) / (768 * 3072)).toFixed(2));
  const cycles = Math.round((time_us - 2.1) * 1410);
  const booked = Object.entries(lost).map(([reason, share]) => [reason, Math.floor((cycles * share) / 1000)] as const);
  const tensor = cycles - booked.reduce((sum, [, c]) => sum + c, 0);
  const tiles = tilesOf(n, k, rows, columns);
  const bytes = bytesOf(tiles, m, n, k, vector, pattern.type);
  const body = {
    schema: 1,
    experiment: 'quickstart',
    gpu,
    dtype: 'fp16',
    workload,
    m,
    n,
    k,
    count: 1,
    pattern,
    kernel: {
      name: 'gathered',
      tile: [128, 128, 64] as const,
      warps: [2, 2] as const,
      stages: 3,
      splitK: 1,
      swizzle: 4,
      raster: 'along-m',
      ctas: 100 * tiles.length,
      ctas_per_sm: 2,
      waves: (100 * tiles.length) / 216,
    },
    fidelity: 'detailed',
    seed: 1,
    activations: 'm-contiguous',
    l2: 'warm',
    launch: 'fused',
    axes,
    time_us,
    cycles,
    clock_mhz: 1410,
    metrics: {...bytes, ...peaks(time_us, bytes, m, n, k)},
    ledger: Object.fromEntries([...booked, ['tensor_active', tensor]]),
    ledger_by_sm: {reasons: ['tensor_active', 'tail'], rows: [0, 1, 2, 3].map((sm) => [(4 - sm / 10) * cycles, (sm / 10) * cycles])},
    tiles,
    warnings: pattern.type === 'tw' ? ['the last wave is 39 % full'] : [],
  };
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('hex');
  // What a GPU would have said: a few per cent more or less, by the pattern.
  const measured_us = time_us * (1 + (samples.indexOf(sample) - 2) * 0.04);
  return {...body, measured_us, error: time_us / measured_us - 1, digest, host: {wall_s: 0.4, events: 1_200_000, peak_rss_mb: 180}};
}

/** Tiles of 128 kept columns, of which the later keep fewer rows; the last holds what is left. */
function tilesOf(n: number, k: number, rows: number, columns: number): Result['tiles'] {
  const kept = Math.round(n * columns);
  const count = Math.ceil(kept / 128);
  const tiles: {rows: number; columns: number; span: number}[] = [];
  for (let t = 0, column = 0; t < count; t++) {
    const held = t === count - 1 ? kept - 128 * t : 128;
    const until = t === count - 1 ? n : Math.round((n * (t + 1) * 128) / kept + (columns < 1 ? 14 * Math.sin(3 * t) : 0));
    const uneven = rows < 1 ? rows * (1 + 0.22 * Math.cos(2.1 * t)) : 1;
    tiles.push({rows: Math.round((uneven * k) / 8) * 8, columns: held, span: until - column});
    column = until;
  }
  return tiles;
}

function bytesOf(tiles: Result['tiles'], m: number, n: number, k: number, vector: boolean, type: string) {
  const blocks = Math.ceil(m / 128);
  const sum = (of: (t: Result['tiles'][number]) => number) => tiles.reduce((total, t) => total + of(t), 0);
  const gathered = type.startsWith('t');
  const activation = sum((t) => 2 * m * t.rows);
  const weight = blocks * sum((t) => (vector ? 1 : 2) * t.rows * t.columns);
  const metadata = vector ? weight / 8 : 0;
  const index = gathered ? blocks * sum((t) => 4 * t.rows) : 0;
  const scatter = gathered ? blocks * sum((t) => 4 * t.columns) : 0;
  const activationDense = 2 * m * k * Math.ceil(n / 128);
  const weightDense = blocks * 2 * k * n;
  const loaded = activation + weight + metadata + index + scatter;
  const mma = (m / 16) * sum((t) => (t.rows / 16) * (t.columns / 8));
  return {
    'tvw.activation_bytes': activation,
    'tvw.weight_bytes': weight,
    'tvw.metadata_bytes': metadata,
    'tvw.index_bytes': index,
    'tvw.scatter_index_bytes': scatter,
    'tvw.activation_bytes_dense': activationDense,
    'tvw.weight_bytes_dense': weightDense,
    'tvw.global_load_bytes': loaded,
    'tvw.global_load_bytes_dense': activationDense + weightDense,
    'tvw.load_skip_ratio': Math.max(0, 1 - loaded / (activationDense + weightDense)),
    'tvw.sparsity': 1 - sum((t) => t.rows * t.columns) / (n * k) / (vector ? 2 : 1),
    'l1tex__data_pipe_lsu_wavefronts_mem_shared.sum': Math.round(loaded / 40),
    'tvw.register_weight_bytes': 2 * (weight + metadata),
    'tvw.register_weight_bytes_dense': 2 * weight * (vector ? 2 : 1),
    'tvw.register_compression_ratio': vector ? 2 / 1.125 : 1,
    'tvw.mma_issued': mma / (vector ? 2 : 1),
    'tvw.mma_dense_equivalent': (m / 16) * (k / 16) * (n / 8),
    'l1tex__m_xbar2l1tex_read_bytes.sum': Math.round(loaded * 1.004),
    'lts__t_sectors_op_read.sum': Math.round((loaded * 1.02) / 32),
    'dram__bytes_read.sum': Math.round(2 * m * k + weight / blocks),
    'dram__bytes_write.sum': Math.round(2 * m * sum((t) => t.columns) * 0.6),
  };
}

function peaks(time_us: number, bytes: ReturnType<typeof bytesOf>, m: number, n: number, k: number) {
  const flops = (2 * m * n * k * bytes['tvw.mma_issued']) / bytes['tvw.mma_dense_equivalent'];
  return {
    'sm__throughput.avg.pct_of_peak_sustained_elapsed': (100 * flops) / (312e6 * time_us),
    'l1tex__throughput.avg.pct_of_peak_sustained_elapsed': (100 * bytes['tvw.global_load_bytes']) / (9.7e6 * time_us),
    'lts__throughput.avg.pct_of_peak_sustained_elapsed': (100 * bytes['tvw.global_load_bytes']) / (5.6e6 * time_us),
    'dram__throughput.avg.pct_of_peak_sustained_elapsed':
      (100 * (bytes['dram__bytes_read.sum'] + bytes['dram__bytes_write.sum'])) / (1.935e6 * time_us),
  };
}

/** Waterfalls and timelines that go with results. */
export function explanationsOf(results: readonly Result[]): Explanations {
  const waterfalls = groupsOf(study(results)).flatMap((members) =>
    members.flatMap(({result, dense}) => (dense && dense !== result ? [waterfallOf(dense, result)] : [])),
  );
  return {waterfalls, timelines: results.map(timelineOf)};
}

/** Shares of the difference, in per cent; what is left goes to the multiplications. */
const shares: readonly (readonly [Effect, number])[] = [
  ['vector', 30], ['control', 8], ['shared_weights', -4], ['l2_activations', 12], ['index_wait', -6], ['dram_weights', 4], ['fill', 4], ['epilogue', 5],
  ['tail', -9], ['imbalance', -5], ['clock', 7],
]; // prettier-ignore

function waterfallOf(dense: Result, pattern: Result): Waterfall {
  const end = ({digest, cycles, time_us}: Result) => ({digest, cycles, time_ps: Math.round(time_us * 1e6)});
  const [from, to] = [end(dense), end(pattern)];
  const part = (share: number) => ({
    cycles: Math.round(((to.cycles - from.cycles) * share) / 100),
    time_ps: Math.round(((to.time_ps - from.time_ps) * share) / 100),
  });
  const bars = shares.map(([effect, share]) => ({effects: [effect], ...part(share)}));
  const rest = (of: 'cycles' | 'time_ps') => to[of] - from[of] - bars.reduce((sum, bar) => sum + bar[of], 0);
  const multiplications = {effects: ['multiplications'] as const, cycles: rest('cycles'), time_ps: rest('time_ps')};
  return {schema: waterfallSchema, dense: from, pattern: to, bars: [multiplications, ...bars]};
}

/** Four SMs of two slots each, ten CTAs. */
function timelineOf({digest, cycles, clock_mhz}: Result): Timeline {
  const cta = Array.from({length: 10}, (_, i) => i);
  const third = Math.floor(cycles / 3);
  return {
    schema: timelineSchema,
    digest,
    cycles,
    clock_mhz,
    sms: 4,
    slots: 2,
    launches: [{name: 'gathered', first: 0}],
    cta,
    sm: cta.map((i) => i % 4),
    slot: cta.map((i) => (i < 8 ? Math.floor(i / 4) : 0)),
    start: cta.map((i) => (i < 8 ? 200 : 200 + third + 10 * (i % 4))),
    end: cta.map((i) => (i < 8 ? 190 + third + 10 * (i % 4) : 2 * third)),
    tile: cta.map((i) => i % 3),
    steps: cta.map((i) => 10 + (i % 3)),
    loads: {
      every: cycles / 4,
      tensor: [0.5, 0.9, 0.9, 0.1],
      shared: [0.4, 0.7, 0.7, 0.1],
      crossbar: [0.6, 0.6, 0.6, 0],
      l2: [0.4, 0.4, 0.4, 0],
      dram: [1, 0.5, 0.5, 0.25],
    },
  };
}
