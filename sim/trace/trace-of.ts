import {entriesOf} from '../packing/fill.ts';
import {metadataWords} from '../packing/n-of-m.ts';
import {indexEntries} from '../packing/pack.ts';
import type {PackedOperand, PackedTile} from '../packing/packed.ts';
import type {Gemm} from '../workload/gemm.ts';
import {gridOf, walk, type CtaPlan, type View} from './grid.ts';
import {kPerStored, loopOf, registersPerThread, registersSpilled, resultBytes, type Activations, type Kernel, type KernelShape} from './kernel.ts';
import {refuseShape} from './refusals.ts';
import {layMemory, type Memory} from './memory.ts';
import {tiled} from './tiled.ts';
import {spmmKernel} from './library.ts';
import {spillBytes, spillPlaces} from './spills.ts';
import {reductionOf} from './reduction.ts';
import {spmm} from './spmm.ts';
import {accumulatorBytes, accumulatorsOf, fixUp, segmentsOf, type Segment} from './stream-k.ts';
import type {Launch, OperandName, Trace} from './trace.ts';

/** How a kernel's launches follow each other, and by what its GPU copies. */
export type Surroundings = Partial<Pick<KernelShape, 'launching' | 'copies' | 'indexFree'>>;

/** The shape of kernel that multiplies a packed operand. Throws for an n:m that no mma.sp could know. */
export function kernelShape(
  packed: PackedOperand,
  activations: Activations,
  {launching = 'fused', copies = 'async', indexFree = false}: Surroundings = {},
): KernelShape {
  const {tiles, elements, index, elementBytes} = packed;
  const cores = tiles.length === 0 ? 'cuda' : elements ? 'both' : 'tensor';
  const vector = cores === 'cuda' ? undefined : packed.vector;
  const shape = {elementBytes, ...(vector && {vector}), index, activations, cores, launching, copies, ...(indexFree && {indexFree})} as const;
  const refused = vector && refuseShape(shape);
  if (refused) throw new Error(refused);
  return shape;
}

/** The trace of one GEMM with packed weights: what tiles hold on tensor cores, what is kept one by one on CUDA cores. */
export function traceOf(gemm: Gemm, packed: PackedOperand, kernel: Kernel, activations: Activations, surroundings?: Surroundings): Trace {
  const shape = kernelShape(packed, activations, surroundings);
  const warps = kernel.warps[0]! * kernel.warps[1]!;
  const memory = layMemory(gemm, packed, kernel, activations, spillBytes(warps, registersSpilled(kernel, shape)));
  const launches = shape.cores === 'cuda' ? [] : tileLaunches(gemm, packed, kernel, memory, shape);
  if (packed.elements) launches.push(spmm(gemm, packed, shape.cores === 'cuda' ? kernel : spmmKernel(gemm.m), memory, launches.length > 0));
  const tileRows = packed.tiles.map(({rows}) => entriesOf(rows, packed.index));
  const rowIndex = concatenate(packed.elements ? [...tileRows, packed.elements.rows] : tileRows);
  const columnIndex = concatenate(packed.tiles.map((t) => t.columns));
  return {name: gemm.name, elementBytes: packed.elementBytes, launches, rowIndex, columnIndex};
}

/**
 * The tensor cores' part. fused: one kernel for all tiles, and a reduction after it under split-K. batched: one after another, a kernel
 * for all tiles of as many K tiles. streams: a kernel a tile, which the GPU may run side by side but gets one by one.
 */
function tileLaunches(gemm: Gemm, packed: PackedOperand, kernel: Kernel, memory: Memory, shape: KernelShape): Launch[] {
  const parts = tiled(kernel, shape);
  const place = planner(gemm, packed, kernel, memory);
  const launch = (plans: readonly Plan[], name: string): Launch => ({
    name,
    operands: parts.operands,
    programs: parts.programs,
    registersPerThread: registersPerThread(kernel, shape),
    sharedMemoryBytes: parts.sharedMemoryBytes,
    stages: kernel.stages,
    accumulators: parts.accumulators,
    grid: gridOf(plans.length, parts.operands.length, (cta) => {
      const {views, tile, steps} = plans[cta]!;
      return {tile, steps, views: parts.operands.map((o) => (o.part === 1 ? views.added : views[o.name])!)};
    }),
  });
  const name = kernelName(kernel, shape);
  const tiles = packed.tiles.map((_, t) => t);
  if (shape.launching === 'batched') {
    const stepsOf = (t: number) => Math.ceil(packed.tiles[t]!.rows.length / kernel.tile[2]!);
    const lengths = [...new Set(tiles.map(stepsOf))].sort((a, b) => b - a);
    return lengths.map((steps) => launch(place(tiles.filter((t) => stepsOf(t) === steps)), `${name}_batch_of_${steps}`));
  }
  if (shape.launching === 'streams') {
    const kernels = tiles.map((t) => place([t]));
    const all = launch(kernels.flat(), `${name}_${tiles.length}_streams`);
    return [{...all, grid: {...all.grid, kernel: Int32Array.from(kernels.flatMap((plans, i) => plans.map(() => i)))}}];
  }
  if (kernel.streamK !== undefined) {
    const plans = place(tiles);
    return [withFixUp(launch(plans, name), kernel, Math.max(0, ...plans.map(({peers}) => peers)))];
  }
  const main = launch(place(tiles), name);
  return kernel.splitK > 1 ? [main, reductionOf(gemm, packed, kernel, memory)] : [main];
}

/** Parts of a tile beside its first; more take too long to add one after another for anyone to cut it so. */
const mostPeers = 8;

/** A launch whose epilogue leaves sums to others, or adds what up to `peers` others left. */
function withFixUp(launch: Launch, kernel: Kernel, peers: number): Launch {
  if (peers > mostPeers)
    throw new Error(`kernel.streamK: ${kernel.streamK} shares cut a tile into ${peers + 1} parts; at most ${mostPeers + 1} are added up`);
  const programs = launch.programs.map(({ops, body, epilogue}, warp) => {
    const {before, after} = fixUp(kernel, launch.operands, warp, peers);
    return {ops: [...ops.slice(0, epilogue), ...before, ...ops.slice(epilogue), ...after], body, epilogue};
  });
  return {...launch, programs};
}

function kernelName(kernel: Kernel, shape: KernelShape): string {
  const kind = `${shape.index.rows > 1 ? 'block_' : shape.index.rows > 0 ? 'gathered_' : ''}${shape.vector ? 'spgemm' : 'gemm'}`;
  return `${loopOf(kernel, shape)}_${kind}_${kernel.tile.join('x')}_${kernel.stages}st${kernel.splitK > 1 ? `_splitk${kernel.splitK}` : ''}${kernel.streamK === undefined ? '' : `_streamk${kernel.streamK}`}`;
}

interface Plan extends Omit<CtaPlan, 'views'> {
  /** added: under stream-K, the sums of the tile's other parts. */
  readonly views: Partial<Record<OperandName | 'added', View>>;
  /** Other parts of its tile whose sums it adds. */
  readonly peers: number;
}

/** Plans every CTA of some weight tiles in launch order: split by split, in the kernel's walk over (weight tile, token tile). */
function planner(gemm: Gemm, packed: PackedOperand, kernel: Kernel, memory: Memory): (tiles: readonly number[]) => Plan[] {
  const [bm, bn] = kernel.tile as [number, number, number];
  const tokenTiles = Math.ceil(gemm.m / bm);
  const starts = indexStarts(packed);
  return (tiles) => {
    const columnTiles = tiles.flatMap((t) => {
      const tile = packed.tiles[t]!;
      return Array.from({length: Math.ceil(tile.columns.length / bn)}, (_, i) => ({tile, t, column: i * bn}));
    });
    const places: Omit<Place, 'cta'>[] = [];
    for (let split = 0; split < kernel.splitK; split++) {
      const visit = (columnTile: number, tokenTile: number): void => {
        const {tile, t, column} = columnTiles[columnTile]!;
        places.push({tile, t, column, m0: tokenTile * bm, split, ...starts[t]!});
      };
      if (kernel.raster === 'tokens') walk(columnTiles.length, tokenTiles, kernel.swizzle, visit);
      else walk(tokenTiles, columnTiles.length, kernel.swizzle, (tokenTile, columnTile) => visit(columnTile, tokenTile));
    }
    const parts = kernel.streamK === undefined ? places : cutEvenly(places, kernel);
    return parts.map((part, cta) => planCta(gemm, packed, kernel, memory, {...part, cta}));
  };
}

/** Stream-K: the same tiles in as many parts as shares make of them. */
function cutEvenly(places: readonly Omit<Place, 'cta'>[], kernel: Kernel): readonly Omit<Place, 'cta'>[] {
  const steps = places.map(({tile}) => Math.ceil(tile.rows.length / kernel.tile[2]!));
  return segmentsOf(steps, kernel.streamK!).map((segment) => ({...places[segment.tile]!, segment}));
}

interface Place {
  readonly tile: PackedTile;
  readonly t: number;
  /** First kept column and first token of the CTA. */
  readonly column: number;
  readonly m0: number;
  readonly split: number;
  /** Of a tile that shares are cut out of: the CTA's part. */
  readonly segment?: Segment;
  /** Its number among those planned. */
  readonly cta: number;
  readonly rowStart: number;
  readonly columnStart: number;
}

function planCta(gemm: Gemm, packed: PackedOperand, kernel: Kernel, memory: Memory, place: Place): Plan {
  const [bm, bn, bk] = kernel.tile as [number, number, number];
  const {tile, column, m0, split} = place;
  const {regions, activationPitch, byColumn} = memory;
  const e = packed.elementBytes;
  const allSteps = Math.ceil(tile.rows.length / bk);
  const {segment} = place;
  const firstStep = segment?.first ?? Math.floor((allSteps * split) / kernel.splitK);
  const steps = segment?.steps ?? Math.floor((allSteps * (split + 1)) / kernel.splitK) - firstStep;
  const leaves = segment?.role === 'peer';
  const peers = segment?.role === 'owner' ? segment.peers : 0;
  const accumulators = accumulatorsOf(kernel);
  const k0 = firstStep * bk;
  const kept = Math.max(0, Math.min(tile.rows.length, k0 + steps * bk) - k0);
  const tokens = Math.min(bm, gemm.m - m0);
  const columns = Math.min(bn, tile.columns.length - column);
  const {vector} = packed;
  const perStored = kPerStored(vector);
  const stored = Math.min(tile.stored, (k0 + steps * bk) / perStored) - k0 / perStored;
  const words = (values: number): number => (vector ? metadataWords(values, vector) : 0);
  const gathers = packed.index.rows > 0;
  const n0 = packed.index.columns ? 0 : tile.columns[column]!;

  const writes = (base: number, pitch: number, bytes: number): View =>
    byColumn
      ? {base: base + m0 * bytes + n0 * pitch, pitch, rows: columns, bytes: tokens * bytes, indexStart: place.columnStart + column}
      : {base: base + m0 * pitch + n0 * bytes, pitch, rows: tokens, bytes: columns * bytes, indexStart: place.columnStart + column};
  const sums = (of: number): View => ({
    base: regions.partial + (segment?.place ?? 0) * accumulators * accumulatorBytes,
    pitch: accumulatorBytes,
    rows: of * accumulators,
    bytes: accumulatorBytes,
  });
  return {
    tile: place.t,
    steps,
    peers,
    views: {
      activation: byColumn
        ? {
            base: regions.activation + m0 * e + (gathers ? 0 : k0 * activationPitch),
            pitch: activationPitch,
            rows: kept,
            bytes: tokens * e,
            indexStart: place.rowStart + (gathers ? k0 / packed.index.rows : 0),
          }
        : {
            base: regions.activation + m0 * activationPitch + (gathers ? 0 : k0 * e),
            pitch: activationPitch,
            rows: tokens,
            bytes: kept * e,
            indexStart: place.rowStart + (gathers ? k0 / packed.index.rows : 0),
          },
      weight: {
        base: regions.weight + tile.valueOffset + column * tile.valuePitch + (k0 / perStored) * e,
        pitch: tile.valuePitch,
        rows: columns,
        bytes: Math.max(0, stored) * e,
      },
      metadata: {
        base: regions.metadata + tile.metadataOffset + words(k0 / perStored) * tile.metadataPitch + column * 4,
        pitch: tile.metadataPitch,
        rows: words(Math.max(0, stored)),
        bytes: columns * 4,
      },
      index: {
        base: regions.index + tile.rowIndexOffset + (gathers ? (k0 / packed.index.rows) * 4 : 0),
        pitch: 0,
        rows: 1,
        bytes: indexEntries(kept, packed.index) * 4,
      },
      pointer: {base: regions.pointer + place.t * 4, pitch: 0, rows: 1, bytes: 8},
      scatter: {base: regions.scatter + tile.columnIndexOffset + column * 4, pitch: 0, rows: 1, bytes: columns * 4},
      output: {...writes(regions.output, memory.outputPitch, resultBytes(packed)), ...(leaves && {rows: 0})},
      spill: {base: regions.spill + (place.cta % spillPlaces) * memory.spillBytes, pitch: 128, rows: memory.spillBytes / 128, bytes: 128},
      partial: segment ? sums(leaves ? 1 : 0) : writes(regions.partial + split * memory.partialPitch * memory.outputRows, memory.partialPitch, 4),
      added: sums(peers),
    },
  };
}

function indexStarts({tiles, index}: PackedOperand): {readonly rowStart: number; readonly columnStart: number}[] {
  let rowStart = 0;
  let columnStart = 0;
  return tiles.map(({rows, columns}) => {
    const start = {rowStart, columnStart};
    rowStart += indexEntries(rows.length, index);
    columnStart += columns.length;
    return start;
  });
}

function concatenate(arrays: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(arrays.reduce((sum, a) => sum + a.length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}
