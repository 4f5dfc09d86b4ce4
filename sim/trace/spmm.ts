import type {PackedElements} from '../packing/elements.ts';
import {placesPerWord} from '../packing/elements.ts';
import type {PackedOperand} from '../packing/packed.ts';
import type {Gemm} from '../workload/gemm.ts';
import {gridOf, walk, type View} from './grid.ts';
import type {Kernel} from './kernel.ts';
import type {Memory} from './memory.ts';
import type {LdgOp, Op} from './op.ts';
import type {Launch, Operand, OperandName, Program} from './trace.ts';

/** Weights a lane each loads at a time, and passes to the others by SHFL. */
const lanes = 32;
/** Output columns of a warp whose lanes are shared out to several, and tokens of each. */
const subwarps = 4;
const subwarpTokens = 64;
/** Activation rows on their way while as many are multiplied: two groups of registers. */
const group = 4;
/** 64-bit address of a gathered row, and the two SHFL that bring its number and the weight to every lane. */
const gatherOps = 4;
/** Shift, mask and add that make a row number of a place among m. */
const decodeOps = 3;
/** fp16 to float32, on the same pipe as the FFMA. */
const conversions = 1;
const loopOverhead = 6;

const counter = {names: 0, even: 1, odd: 2, output: 3, pointers: 4} as const;

/**
 * Row-split SpMM on CUDA cores, Cᵀ = Bᵀ·Aᵀ: a CTA takes one output column and as many tokens as its tile; each warp walks the
 * column's weights, `lanes` at a time, and for each loads the activation row it names, its own tokens of it, and multiplies them
 * into float32 sums. It is the 1-D tiling of Sputnik (Gale et al., SC'20) and, with long token tiles, the row split of cuSPARSE's CSR.
 * Neighbouring CTAs take other columns of the same tokens, so that activation rows are found in L1.
 *
 * Of a tile with four weights a warp takes four columns, eight lanes and 16 B of tokens each, as Sputnik does: the address of a row and
 * the way to its weight are worked out for four at a time, and four times as many rows are on their way. Columns are taken by
 * their length, the longest first, so that four of a warp end together (Sputnik's row swizzle). A row of each is a load of its own here,
 * where hardware has one for the four.
 *
 * `sum`: the results are added to what is in C already.
 */
export function spmm(gemm: Gemm, packed: PackedOperand, kernel: Kernel, memory: Memory, sum: boolean): Launch {
  const elements = packed.elements!;
  const e = packed.elementBytes;
  const warps = kernel.warps[0]!;
  const chunk = chunkOf(elements);
  const [tokens, together] = kernel.tile as [number, number];
  const operands = Array.from({length: together}, (_, part) =>
    operandsOf(elements, chunk, e).map((operand) => ({...operand, ...(together > 1 && {part})})),
  ).flat();
  const countOf = (column: number): number => elements.start[column + 1]! - elements.start[column]!;
  const columns = Array.from({length: gemm.n}, (_, column) => column).filter((column) => !sum || countOf(column) > 0);
  const order = together > 1 ? columns.sort((a, b) => countOf(b) - countOf(a) || a - b) : columns;
  const groups = Array.from({length: Math.ceil(order.length / together)}, (_, i) => order.slice(i * together, (i + 1) * together));
  const ctas: {readonly group: readonly number[]; readonly m0: number}[] = [];
  walk(Math.ceil(gemm.m / tokens), groups.length, 1, (tokenTile, i) => ctas.push({group: groups[i]!, m0: tokenTile * tokens}));
  const tileEntries = packed.tiles.reduce((entries, {rows}) => entries + (packed.index.rows > 0 ? Math.ceil(rows.length / packed.index.rows) : 0), 0);
  const perLane = tokens / warps / lanes;
  return {
    name: `spmm_${elements.vector ? `${elements.vector.n}of${elements.vector.m}` : 'csr'}_${tokens}x${together}x${chunk}${sum ? '_add' : ''}`,
    operands,
    programs: Array.from({length: warps}, (_, warp) =>
      program(warp, {chunk, perLane, e, sum, operands, together, indexAhead: kernel.indexAhead, elements}),
    ),
    registersPerThread: spmmRegisters(kernel, e),
    sharedMemoryBytes: 0,
    stages: 1,
    accumulators: {down: 0, right: 0},
    grid: gridOf(ctas.length, operands.length, (cta) => {
      const {group, m0} = ctas[cta]!;
      const bytes = Math.min(tokens, gemm.m - m0) * e;
      const longest = Math.max(...group.map(countOf));
      const views = Array.from({length: together}, (_, part) => viewsOf(group[part], m0, bytes)).flat();
      return {tile: 0, steps: Math.ceil(longest / chunk), views};
    }),
  };

  /** A column's part in every operand; of one that is not there, nothing. */
  function viewsOf(column: number | undefined, m0: number, bytes: number): readonly View[] {
    const own = operandsOf(elements, chunk, e);
    if (column === undefined) return own.map(() => ({base: 0, pitch: 0, rows: 0, bytes: 0}));
    const first = elements.start[column]!;
    const count = countOf(column);
    const {regions} = memory;
    const names = elements.vector ? regions.metadata : regions.index;
    const firstName = elements.vector ? column * elements.wordsPerColumn : first;
    const nameCount = elements.vector ? elements.wordsPerColumn : count;
    const out: View = {base: regions.output + column * memory.outputPitch + m0 * e, pitch: memory.outputPitch, rows: 1, bytes};
    const views: Partial<Record<OperandName, View>> = {
      activation: {base: regions.activation + m0 * e, pitch: memory.activationPitch, rows: count, bytes, indexStart: tileEntries + first},
      weight: {base: regions.weight + elements.valueOffset + first * e, pitch: 0, rows: 1, bytes: count * e},
      [elements.vector ? 'metadata' : 'index']: {base: names + elements.nameOffset + firstName * 4, pitch: 0, rows: 1, bytes: nameCount * 4},
      pointer: {base: regions.pointer + column * 4, pitch: 0, rows: 1, bytes: 8},
      output: out,
    };
    return own.map(({name}) => views[name]!);
  }
}

/** Weights of a column that are loaded together: as many as lanes, in whole words of places. */
function chunkOf({vector}: PackedElements): number {
  if (!vector) return lanes;
  const perWord = placesPerWord(vector);
  return perWord * Math.floor(lanes / perWord);
}

function operandsOf({vector}: PackedElements, chunk: number, e: number): readonly Operand[] {
  const names: Operand = vector
    ? {name: 'metadata', rowsPerStep: 0, bytesPerStep: (chunk / placesPerWord(vector)) * 4, places: vector}
    : {name: 'index', rowsPerStep: 0, bytesPerStep: chunk * 4};
  return [
    {name: 'activation', rowsPerStep: chunk, bytesPerStep: 0, gather: 'row'},
    {name: 'weight', rowsPerStep: 0, bytesPerStep: chunk * e},
    names,
    ...(vector ? [] : [{name: 'pointer', rowsPerStep: 0, bytesPerStep: 0} as const]),
    {name: 'output', rowsPerStep: 0, bytesPerStep: 0},
  ];
}

interface Plan {
  readonly chunk: number;
  /** Tokens a lane sums. */
  readonly perLane: number;
  readonly e: number;
  readonly sum: boolean;
  readonly operands: readonly Operand[];
  /** Columns a warp takes. */
  readonly together: number;
  readonly indexAhead: number;
  readonly elements: PackedElements;
}

function program(warp: number, {chunk, perLane, e, sum, operands, together, indexAhead, elements}: Plan): Program {
  const at = (name: OperandName, part: number): number => operands.findIndex((o) => o.name === name && (o.part ?? 0) === part);
  const parts = Array.from({length: together}, (_, part) => part);
  const names = elements.vector ? 'metadata' : 'index';
  const tokenBytes = perLane * lanes * e;
  const column = warp * tokenBytes;
  const load = (name: OperandName, bytes: number, set: number, ahead: number): LdgOp[] =>
    parts.map((part) => ({op: 'LDG', operand: at(name, part), row: 0, rows: 1, column: 0, bytes, ahead, set}));
  const weights = (ahead: number): Op[] => [
    ...load(names, operands[at(names, 0)]!.bytesPerStep, counter.names, ahead),
    ...load('weight', chunk * e, counter.names, ahead),
  ];
  const counterOf = (round: number) => (round & 1 ? counter.odd : counter.even);
  const gather = (round: number): Op[] => {
    const rows = Array.from({length: Math.min(group, chunk - round * group)}, (_, i) => round * group + i);
    const slot = (round & 1) * group * together;
    const perRow = gatherOps + (elements.vector ? decodeOps : 0);
    return [
      {op: 'ALU', count: rows.length * perRow},
      ...rows.flatMap((row, i) =>
        parts.map((part): Op => {
          const to = slot + i * together + part;
          return {op: 'LDG', operand: at('activation', part), row, rows: 1, column, bytes: tokenBytes, ahead: 0, set: counterOf(round), to};
        }),
      ),
    ];
  };
  const multiply = (round: number): Op[] =>
    Array.from({length: Math.min(group, chunk - round * group) * together}, (_, i): Op => ({
      op: 'FFMA',
      count: perLane * (1 + conversions),
      ...(together > 1 && {part: i % together}),
      element: round * group + Math.floor(i / together),
      from: (round & 1) * group * together + i,
      ...(i === 0 && {wait: 1 << counterOf(round)}),
    }));

  const rounds = Math.ceil(chunk / group);
  const prologue: Op[] = elements.vector ? [] : [...load('pointer', 8, counter.pointers, 0), {op: 'ALU', count: 2, wait: 1 << counter.pointers}];
  if (indexAhead > 0) prologue.push(...weights(0));
  const body: Op[] = [...(indexAhead > 0 ? [] : weights(0)), {op: 'ALU', count: loopOverhead, wait: 1 << counter.names}];
  if (indexAhead > 0) body.push(...weights(1));
  body.push(...gather(0));
  for (let round = 0; round < rounds; round++) {
    if (round + 1 < rounds) body.push(...gather(round + 1));
    body.push(...multiply(round));
  }
  const places = parts.map((part) => ({operand: at('output', part), row: 0, rows: 1, column, bytes: tokenBytes, ahead: 0}));
  const before: Op[] = sum
    ? [...places.map((place): Op => ({op: 'LDG', ...place, set: counter.output})), {op: 'ALU', count: 2 * perLane, wait: 1 << counter.output}]
    : [];
  const stores = places.map((place): Op => ({op: 'STG', ...place}));
  const epilogue: Op[] = [...before, {op: 'ALU', count: Math.ceil((perLane * together) / 2)}, ...stores];
  return {ops: [...prologue, ...body, ...epilogue], body: prologue.length, epilogue: prologue.length + body.length};
}

/** Sums, two groups of activation rows, two chunks of weights and row numbers, and what addresses and the loop take. */
export function spmmRegisters(kernel: Kernel, elementBytes: number): number {
  const perLane = (kernel.tile[0]! * kernel.tile[1]!) / kernel.warps[0]! / lanes;
  return perLane + (2 * group * perLane * elementBytes) / 4 + 2 * perLane + 4 + 32;
}

/** What keeps the CUDA-core kernel from being built, as (key, sentence); undefined: nothing. */
export function refuseSpmm({tile, warps, splitK, streamK}: Kernel): {readonly key: string; readonly message: string} | undefined {
  const [tokens, weights] = tile as [number, number, number];
  const [across, down] = warps as [number, number];
  const perWarp = tokens / across;
  if (![1, subwarps].includes(weights) || down !== 1)
    return {
      key: down === 1 ? 'tile' : 'warps',
      message: `CUDA cores take one output column a CTA, or ${subwarps}: tile [tokens, 1, 32], warps [tokens’ share, 1]`,
    };
  if (weights > 1 && perWarp !== subwarpTokens)
    return {key: 'tile', message: `${perWarp} tokens a warp; one that takes ${weights} columns takes ${subwarpTokens}, 16 B a lane`};
  if (![64, 128, 256].includes(perWarp)) return {key: 'tile', message: `${tokens} tokens for ${across} warps; each takes 64, 128 or 256`};
  if (streamK !== undefined) return {key: 'streamK', message: 'CUDA cores do not share out K tiles'};
  return splitK > 1 ? {key: 'splitK', message: 'CUDA cores do not split K'} : undefined;
}
