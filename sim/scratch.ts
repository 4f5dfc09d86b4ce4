import {readFileSync} from 'node:fs';
import {parse} from 'yaml';
import {objectOf} from './config/parameter.ts';
import {gpuBoxes, type GpuValues} from './gpu/parameters.ts';
import {play} from './gpu/gpu.ts';
import {patterns} from './pattern/index.ts';
import {pack} from './packing/pack.ts';
import {seededWeights} from './pattern/weights.ts';
import {traceOf} from './trace/trace-of.ts';
import {reasonNames} from './stats/ledger.ts';
export function loadGpu(name: string): GpuValues {
  const doc = parse(readFileSync(`configs/${name}.yaml`, 'utf8'));
  return Object.fromEntries(Object.entries(gpuBoxes).map(([n, b]) => [n, objectOf(b.parameters).parse(doc[n])])) as unknown as GpuValues;
}
const [, , m, n, k, type, params, tile, warps, stages, act, splitK, extra] = process.argv;
const gpu = loadGpu('a100-pcie-80gb');
const gemm = {name: 'x', m: +m!, n: +n!, k: +k!, count: 1};
const p = patterns[type!]!;
const values = JSON.parse(params!);
const kernel = {
  tile: JSON.parse(tile!),
  warps: JSON.parse(warps!),
  stages: +stages!,
  splitK: +(splitK ?? 1),
  swizzle: 1,
  raster: 'tokens' as const,
  indexAhead: 1,
  ...JSON.parse(extra ?? '{}'),
};
for (let rep = 0; rep < (process.env['REP'] ? 2 : 1); rep++) {
  let t0 = performance.now();
  const mask = p.prune(gemm, () => seededWeights(gemm, 1, 'x'), values);
  const packed = pack(mask, {elementBytes: 2, gathered: p.gathered});
  const trace = traceOf(gemm, packed, kernel, (act ?? 'm-contiguous') as 'm-contiguous');
  let t1 = performance.now();
  const run = play(trace, gpu, {elementType: 'f16', l2: 'warm'});
  let t2 = performance.now();
  const total = reasonNames.map((r, i) => [r, run.ledger.reduce((s, row) => s + row[i]!, 0) / 432] as const);
  console.log({
    ...run,
    ledger: Object.fromEntries(total.filter((x) => x[1] > 0).map(([a, b]) => [a, +((b / run.cycles) * 100).toFixed(1)])),
    sum: total.reduce((s, x) => s + x[1], 0) - run.cycles,
  });
  console.log(
    'us@1410',
    run.cycles / 1410,
    'prep ms',
    t1 - t0,
    'sim ms',
    t2 - t1,
    'ev/s M',
    run.events / (t2 - t1) / 1e3,
    'rss',
    process.memoryUsage().rss / 1e6,
  );
}
