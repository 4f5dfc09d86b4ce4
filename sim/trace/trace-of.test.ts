import test from 'ava';
import fc from 'fast-check';
import {storedRows} from '../pattern/mask.ts';
import {eachAccess, loadedBytes, sectorsOf} from './accesses.ts';
import {anyChoice, made, twoByTwo, type Choice, type Made} from './given.ts';
import {type Activations} from './kernel.ts';
import {refuseKernel} from './refusals.ts';
import {layMemory} from './memory.ts';
import {traceOf} from './trace-of.ts';

const tw = (sparsity: number, granularity = 128) => ({type: 'tw', values: {sparsity, granularity, columns: 'pruned'}});
const tvw = (sparsity: number, granularity = 128) => ({type: 'tvw', values: {sparsity, granularity}});
const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, number) => total + number, 0);

/** What the kernel must ask for, from the mask alone (paper notes 1.9 and 2.4). */
function closedForm({gemm, mask, kernel, packed}: Made) {
  const [bm, bn] = kernel.tile as [number, number, number];
  const tokenBlocks = Math.ceil(gemm.m / bm);
  const e = packed.elementBytes;
  const tiles = mask.tiles.map(({rows, columns}) => ({kt: rows.length, nt: columns.length, blocks: Math.ceil(columns.length / bn)}));
  const total = (of: (tile: (typeof tiles)[number]) => number) => sum(tiles.map(of));
  return {
    activation: total(({kt, blocks}) => blocks * gemm.m * kt * e),
    weight: total(({kt, nt}) => tokenBlocks * storedRows(kt, mask.vector) * nt * e),
    metadata: mask.vector ? total(({kt, nt}) => tokenBlocks * Math.ceil(kt / 32) * nt * 4) : 0,
    index: packed.index.rows > 0 ? total(({kt, blocks}) => tokenBlocks * blocks * Math.ceil(kt / packed.index.rows) * 4) : 0,
    scatter: packed.index.columns ? total(({nt}) => tokenBlocks * kernel.splitK * nt * 4) : 0,
    partial: kernel.splitK > 1 ? total(({nt}) => kernel.splitK * nt * gemm.m * 4) : 0,
    output: 0,
    pointer: 0,
    spill: 0,
  };
}

test('the bytes a trace asks for are those of the closed form, to the byte, at any sparsity', (t) => {
  fc.assert(
    fc.property(anyChoice(700), (choice) => {
      const given = made(choice.elementBytes === 2 ? {...choice, activations: 'm-contiguous'} : choice);
      const {index, ...loaded} = loadedBytes(given.trace);
      const {index: entries, ...expected} = closedForm(given);
      t.deepEqual(loaded, expected);
      // Warps whose rows lie in one block each load its number.
      if (given.packed.index.rows > 1) t.true(index >= entries && index <= entries * given.trace.launches[0]!.programs.length);
      else t.is(index, entries);
    }),
    {numRuns: 60},
  );
});

test('TVW 75 % of a layer of BERT asks for 28 % of the weight bytes, and for activations as far as tiles and rows survive', (t) => {
  const {mask, trace} = made({m: 256, n: 768, k: 768, pattern: tvw(0.75)});
  const [before, after] = [loadedBytes(made({m: 256, n: 768, k: 768}).trace), loadedBytes(trace)];
  // 2 B a value and 2 bits to place it, of a quarter of the weights: 0.25 · 1.125.
  t.true(Math.abs((after.weight + after.metadata) / before.weight - 0.28125) < 0.002);
  const rows = sum(mask.tiles.map((tile) => tile.rows.length));
  t.is(after.activation / before.activation, rows / (768 * 6));
});

test('a pruned k is a line never asked for', (t) => {
  const given = made({m: 256, n: 128, k: 256, pattern: tw(0.75)});
  const {regions, activationPitch} = memoryOf(given);
  const asked = new Set<number>();
  eachAccess(given.trace, ({operand, addresses, ranges}) => {
    if (operand !== 'activation') return;
    for (let i = 0; i < ranges; i++) asked.add(Math.floor((addresses.address[i]! - regions.activation) / activationPitch));
  });
  t.deepEqual(
    [...asked].sort((a, b) => a - b),
    [...given.mask.tiles[0]!.rows],
  );
  t.true(asked.size < 256);
});

/** Activation bytes the lanes ask for, and bytes of the sectors they lie in, of the same fixed tiles of 128 columns. */
function activationTraffic(activations: Activations, pattern: Choice['pattern']): {readonly asked: number; readonly moved: number} {
  const {trace} = made({m: 256, n: 256, k: 2048, pattern, activations});
  let moved = 0;
  eachAccess(trace, ({operand, addresses, ranges}) => {
    if (operand === 'activation') moved += 32 * sectorsOf(addresses, ranges);
  });
  return {asked: loadedBytes(trace).activation, moved};
}

test('with M contiguous TW skips 1 − K_t/K of the activations to the byte; with K contiguous at 75 % less than 5 % of their sectors', (t) => {
  const rowsOnly = {type: 'tw', values: {sparsity: 0.75, granularity: 128, columns: 'kept'}};
  const everything = {type: 'tw', values: {sparsity: 0, granularity: 128, columns: 'kept'}};
  const [m, k] = (['m-contiguous', 'k-contiguous'] as const).map((activations) => ({
    dense: activationTraffic(activations, everything),
    pruned: activationTraffic(activations, rowsOnly),
  }));
  t.is(m!.pruned.asked / m!.dense.asked, 0.25);
  t.is(m!.pruned.moved / m!.dense.moved, 0.25);
  t.true(k!.pruned.moved / k!.dense.moved > 0.95);
});

test('of rows with K contiguous a 4 B copy brings pairs of k: of every pair with a kept k both are stored, the pruned one as 0', (t) => {
  const {packed, contents, mask} = made({k: 512, pattern: tw(0.75), activations: 'k-contiguous'});
  const tile = packed.tiles[0]!;
  const pairs = new Set([...mask.tiles[0]!.rows].map((row) => row >> 1));
  t.is(tile.rows.length, 2 * pairs.size);
  t.is(
    tile.filler!.reduce((sum, one) => sum + one, 0),
    tile.rows.length - mask.tiles[0]!.rows.length,
  );
  const column = contents.values.subarray(tile.valueOffset / 2, tile.valueOffset / 2 + tile.stored);
  t.true(column.every((value, i) => (value === 0) === (tile.filler![i] === 1)));
});

test('with K contiguous a gather for mma.sp is refused: pairs of k break up the fours that 2:4 chose from', (t) => {
  const shape = {
    elementBytes: 2,
    vector: {n: 2, m: 4},
    index: {rows: 2, columns: true},
    activations: 'k-contiguous',
    cores: 'tensor',
    launching: 'fused',
    copies: 'async',
  } as const;
  t.regex(refuseKernel(twoByTwo, shape)!.message, /break up the fours/);
});

test('blocks of 32 k lie together in a row with K contiguous: as few sectors as bytes', (t) => {
  const {asked, moved} = activationTraffic('k-contiguous', {type: 'bw', values: {sparsity: 0.75, block: 32}});
  t.is(moved, asked);
});

test('a pruned column is never written, a kept one once', (t) => {
  const given = made({m: 200, n: 300, k: 64, pattern: tvw(0.8, 64)});
  const {regions, outputPitch} = memoryOf(given);
  const written = new Map<number, number>();
  eachAccess(given.trace, ({operand, addresses, ranges}) => {
    if (operand !== 'output') return;
    for (let i = 0; i < ranges; i++) {
      const column = Math.floor((addresses.address[i]! - regions.output) / outputPitch);
      written.set(column, (written.get(column) ?? 0) + addresses.length[i]!);
    }
  });
  t.deepEqual(
    [...written.keys()].sort((a, b) => a - b),
    given.mask.tiles.flatMap(({columns}) => [...columns]),
  );
  t.true([...written.values()].every((bytes) => bytes === 200 * 2));
});

test('a narrow last tile loads only its own columns', (t) => {
  const {trace, mask} = made({m: 128, n: 130, k: 128, pattern: tw(0)});
  t.deepEqual(
    mask.tiles.map(({columns}) => columns.length),
    [128, 2],
  );
  const weights = [0, 0];
  eachAccess(trace, ({operand, cta, addresses, ranges}) => {
    if (operand === 'weight') weights[cta]! += sum(addresses.length.subarray(0, ranges));
  });
  t.deepEqual(weights, [128 * 128 * 2, 2 * 128 * 2]);
});

test('the last tokens are asked for as far as they exist', (t) => {
  t.is(loadedBytes(made({m: 129, n: 128, k: 64}).trace).activation, 129 * 64 * 2);
});

test('split-K covers every K tile once, as evenly as can be', (t) => {
  fc.assert(
    fc.property(fc.integer({min: 1, max: 900}), fc.integer({min: 1, max: 12}), (k, splitK) => {
      const {grid} = made({m: 16, n: 16, k, kernel: {...twoByTwo, splitK}}).trace.launches[0]!;
      t.is(sum(grid.steps), Math.ceil(k / 64));
      t.true(Math.max(...grid.steps) - Math.min(...grid.steps) <= 1);
    }),
    {numRuns: 50},
  );
});

test('the reduction reads every partial sum once and writes only columns that survive', (t) => {
  const given = made({m: 600, n: 100, k: 256, pattern: tw(0.6, 32), kernel: {...twoByTwo, splitK: 3}});
  const kept = sum(given.mask.tiles.map(({columns}) => columns.length));
  t.is(loadedBytes(given.trace).partial, 3 * kept * 600 * 4);
  let written = 0;
  eachAccess(given.trace, ({operand, addresses, ranges}) => {
    if (operand === 'output') written += sum(addresses.length.subarray(0, ranges));
  });
  t.is(written, kept * 600 * 2);
});

test('raster decides what CTAs that follow one another share: a weight tile, or an activation tile', (t) => {
  const bases = (raster: 'tokens' | 'weights', operand: number) => {
    const {grid} = made({m: 512, n: 512, k: 64, kernel: {...twoByTwo, raster}}).trace.launches[0]!;
    return new Set(grid.base.subarray(operand * grid.ctas, operand * grid.ctas + 4)).size;
  };
  t.deepEqual([bases('tokens', 0), bases('tokens', 1)], [4, 1]);
  t.deepEqual([bases('weights', 0), bases('weights', 1)], [1, 4]);
});

test('every 16 B copy starts on a multiple of 16', (t) => {
  fc.assert(
    fc.property(anyChoice(300), (choice) => {
      eachAccess(made(choice).trace, ({op, launch, addresses, ranges}) => {
        if (
          op.op === 'LDGSTS' &&
          !launch.operands[op.operand]!.placeBytes &&
          addresses.address.subarray(0, ranges).some((address) => address % 16 !== 0)
        )
          t.fail(JSON.stringify(op));
      });
      t.pass();
    }),
    {numRuns: 40},
  );
});

test('n:m that is no half and no quarter has no kernel', (t) => {
  const {gemm, packed, kernel} = made({pattern: {type: 'vw', values: {n: 2, m: 4}}});
  t.throws(() => traceOf(gemm, {...packed, vector: {n: 3, m: 8}}, kernel, 'm-contiguous'), {
    message: 'mma.sp multiplies n:m weights where m is 2 or 4 times n, and n 1, 2, 4, 8 or 16; these are 3:8',
  });
});

test('the same choices give the same trace', (t) => {
  fc.assert(
    fc.property(anyChoice(200), (choice) => t.deepEqual(made(choice).trace, made(choice).trace)),
    {numRuns: 5},
  );
});

const memoryOf = ({gemm, packed, kernel, activations}: Made) => layMemory(gemm, packed, kernel, activations);
