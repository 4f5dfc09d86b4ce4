import test from 'ava';
import {experiment, read} from '../config/given.ts';
import {play} from '../gpu/gpu.ts';
import {a100} from '../gpu/microbench/machine.ts';
import {jobOf} from '../job.ts';
import {execute} from '../oracle/execute.ts';
import {referenceGemm} from '../oracle/reference-gemm.ts';
import {unpack} from '../packing/unpack.ts';
import {loadedBytes} from './accesses.ts';
import {made, twoByTwo, type Choice} from './given.ts';
import {type Launching} from './kernel.ts';
import {refuseKernel} from './refusals.ts';

const tw = {type: 'tw', values: {sparsity: 0.75, granularity: 64, columns: 'pruned'}};
const given = (launching: Launching, choice: Partial<Choice> = {}) => made({m: 200, n: 700, k: 400, pattern: tw, ...choice, launching});

test('however its tiles are launched, the product is the same and the same bytes are asked for', (t) => {
  for (const pattern of [tw, {...tw, type: 'tvw'}]) {
    const {gemm, a, packed, contents, trace: fused} = given('fused', {pattern});
    const expected = referenceGemm(gemm, a, unpack(packed, contents));
    for (const launching of ['batched', 'streams'] as const) {
      const apart = given(launching, {pattern});
      t.deepEqual(execute(apart, apart.trace), expected);
      t.deepEqual(loadedBytes(apart.trace), loadedBytes(fused));
    }
  }
});

test('a batch holds the tiles of equally many K tiles, and there is one for each number of them', (t) => {
  const {trace, mask} = given('batched');
  const lengths = new Set(mask.tiles.map(({rows}) => Math.ceil(rows.length / 64)));
  t.is(trace.launches.length, lengths.size);
  for (const {grid} of trace.launches) t.is(new Set(grid.steps).size, 1);
});

test('a kernel a tile: the CTAs of the next come a launch gap after those of the one before, without waiting for its end', (t) => {
  const {trace, mask} = given('streams');
  const gpu = a100();
  const first = mask.tiles.map(() => Infinity);
  const {kernel} = trace.launches[0]!.grid;
  const started = (cta: number, _sm: number, _slot: number, time: number) => {
    first[kernel![cta]!] = Math.min(first[kernel![cta]!]!, time);
  };
  play(trace, gpu, {elementType: 'f16', l2: 'warm', probes: [{started}]});
  const gap = (gpu.host.launchGap / 1e9) * gpu.clock.frequency;
  first.forEach((time, tile) => t.true(Math.abs(time - first[0]! - tile * gap) < 20, `tile ${tile} starts at ${time}`));
});

test('a kernel a tile takes longer than one for all, on a GPU that has room for them all', (t) => {
  const gpu = a100();
  const [fused, streams] = (['fused', 'streams'] as const).map(
    (launching) => play(given(launching).trace, gpu, {elementType: 'f16', l2: 'warm'}).cycles,
  );
  t.true(streams! > fused!);
});

test('split-K needs one launch for all', (t) => {
  const shape = {
    elementBytes: 2,
    index: {rows: 1, columns: true},
    activations: 'm-contiguous',
    cores: 'tensor',
    launching: 'streams',
    copies: 'async',
  } as const;
  t.is(refuseKernel(twoByTwo, shape), undefined);
  t.regex(refuseKernel({...twoByTwo, splitK: 2}, shape)!.message, /split-K needs launch: fused/);
});

test('what has no tiles of its own is one launch, whatever is asked for', (t) => {
  const patterns = '[{type: dense}, {type: bw, sparsity: 0.5}, {type: tw, sparsity: 0.5, granularity: 64}]';
  const jobs = read({'e.yaml': experiment({patterns, launch: 'streams'})}).points.map((point) => jobOf(point));
  t.deepEqual(
    jobs.map(({launch}) => launch),
    ['fused', 'fused', 'streams'],
  );
});
