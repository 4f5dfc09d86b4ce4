import type {Job} from '../job.ts';
import {eachAccess, sectorsOf} from './accesses.ts';
import {mmaShape, type Op} from './op.ts';
import type {Launch, OperandName} from './trace.ts';

/** A trace in numbers, a kernel after the other. Plain JSON. */
export interface Statistics {
  readonly workload: string;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly dtype: string;
  readonly pattern: string;
  readonly seed: number;
  readonly activations: string;
  /** Share of the weights that is kept, and the tiles they form. */
  readonly kept: number;
  readonly tiles: {readonly count: number; readonly rows: Spread; readonly columns: Spread};
  /** Share of the multiply-adds that fill up tiles and belong to no kept row and column. */
  readonly padding: number;
  readonly launches: readonly LaunchStatistics[];
}

export interface LaunchStatistics {
  readonly name: string;
  readonly ctas: number;
  readonly warps: number;
  /** Of a CTA. */
  readonly kTiles: Spread;
  readonly stages: number;
  readonly sharedMemoryBytes: number;
  readonly registersPerThread: number;
  /** Issued by all warps, those that are predicated off at the ends included. */
  readonly operations: {readonly [kind: string]: number};
  /** What the lanes ask for, and the sectors that takes, an instruction at a time. */
  readonly loads: Traffic;
  readonly stores: Traffic;
}

export interface Spread {
  readonly min: number;
  readonly mean: number;
  readonly max: number;
}

export type Traffic = {readonly [operand in OperandName]?: {readonly bytes: number; readonly sectors: number}};

export function statisticsOf(job: Job): Statistics {
  const {gemm, trace, tiles} = job;
  const traffic = trafficOf(job);
  return {
    workload: gemm.name,
    m: gemm.m,
    n: gemm.n,
    k: gemm.k,
    dtype: job.dtype,
    pattern: job.pattern.label,
    seed: job.seed,
    activations: job.activations,
    kept: job.kept / (gemm.n * gemm.k),
    tiles: {count: tiles.length, rows: spread(tiles.map(({rows}) => rows)), columns: spread(tiles.map(({columns}) => columns))},
    padding: paddingOf(job),
    launches: trace.launches.map((launch) => ({
      name: launch.name,
      ctas: launch.grid.ctas,
      warps: launch.grid.ctas * launch.programs.length,
      kTiles: spread([...launch.grid.steps]),
      stages: launch.stages,
      sharedMemoryBytes: launch.sharedMemoryBytes,
      registersPerThread: launch.registersPerThread,
      operations: operationsOf(launch),
      ...traffic.get(launch)!,
    })),
  };
}

/** Operations all warps of a launch issue, by kind, the most frequent first. */
export function operationsOf({programs, grid}: Launch): {readonly [kind: string]: number} {
  const steps = grid.steps.reduce((sum, of) => sum + of, 0);
  const counts = new Map<string, number>();
  const add = (ops: readonly Op[], times: number) => {
    for (const op of ops) counts.set(kindOf(op), (counts.get(kindOf(op)) ?? 0) + times);
  };
  for (const {ops, body, epilogue} of programs) {
    add([...ops.slice(0, body), ...ops.slice(epilogue)], grid.ctas);
    add(ops.slice(body, epilogue), steps);
  }
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}

function kindOf(op: Op): string {
  return op.op === 'MMA' && op.sparse ? 'MMA.SP' : op.op === 'STAGE' ? 'STS' : op.op;
}

function trafficOf({trace}: Job): Map<Launch, {readonly loads: Traffic; readonly stores: Traffic}> {
  type Sums = {[operand in OperandName]?: {bytes: number; sectors: number}};
  const sums = new Map(trace.launches.map((launch) => [launch, {loads: {} as Sums, stores: {} as Sums}]));
  eachAccess(trace, ({launch, op, operand, addresses, ranges}) => {
    const {loads, stores} = sums.get(launch)!;
    const sum = ((op.op === 'STG' ? stores : loads)[operand] ??= {bytes: 0, sectors: 0});
    for (let i = 0; i < ranges; i++) sum.bytes += addresses.length[i]!;
    sum.sectors += sectorsOf(addresses, ranges);
  });
  return sums;
}

function paddingOf({gemm, tiles, trace}: Job): number {
  const [main] = trace.launches;
  const mma = main!.programs[0]!.ops.find((op) => op.op === 'MMA');
  if (!mma) return 0;
  const {m, n, k} = mmaShape(mma);
  const {MMA: denseMmas = 0, 'MMA.SP': sparseMmas = 0} = operationsOf(main!);
  const issued = (denseMmas + sparseMmas) * m * n * k;
  const useful = tiles.reduce((sum, {rows, columns}) => sum + rows * columns, 0) * gemm.m;
  return issued === 0 ? 0 : 1 - useful / issued;
}

function spread(values: readonly number[]): Spread {
  const {min, max, sum} = values.reduce((so, v) => ({min: Math.min(so.min, v), max: Math.max(so.max, v), sum: so.sum + v}), {
    min: Infinity,
    max: -Infinity,
    sum: 0,
  });
  return values.length === 0 ? {min: 0, mean: 0, max: 0} : {min, mean: sum / values.length, max};
}
