import type {MemoryMap} from '../gpu/memory-map.ts';
import {lineBytes, scramble, sectorBytes, sectorCount} from '../gpu/sectored-cache.ts';
import type {Launch, Trace} from '../trace/trace.ts';

/** The lines of a view that lie in one slice of each partition, and the sectors seen of them, stretch after stretch of the main loop. */
export interface SliceLines {
  readonly lines: Int32Array;
  readonly sectors: Uint8Array;
  /** The partition behind which each line's DRAM lies. */
  readonly homes: Uint8Array;
  /** Where the lines of each stretch begin, and the end of the last. */
  readonly stretch: Int32Array;
  /** Sectors of the lines before each. */
  readonly upTo: Int32Array;
}

/** The last views of a launch: of one kernel on many GPUs they are found once. */
const known = new WeakMap<Launch, {readonly key: string; readonly views: Views}>();

/** The views of a launch, found anew only where L2 has other slices. */
export function viewsOf(trace: Trace, launch: Launch, map: MemoryMap, slices: number, every: number, stretchSteps: number): Views {
  const key = `${map.channels} ${slices} ${every} ${stretchSteps}`;
  const kept = known.get(launch);
  if (kept?.key === key) return kept.views;
  const views = new Views(trace, launch, map, slices, every, stretchSteps);
  known.set(launch, {key, views});
  return views;
}

/** What the CTAs of a launch see of its operands. CTAs that share an operand's rows or columns share a view, which has a number. */
export class Views {
  count = 0;
  /** Stretches of the longest main loop. */
  readonly stretches: number;
  private readonly launch: Launch;
  private readonly map: MemoryMap;
  private readonly slices: number;
  private readonly every: number;
  private readonly stretchSteps: number;
  private readonly indices: {readonly row: Uint32Array; readonly column: Uint32Array};
  /** operand · ctas + cta → view. */
  readonly numbers: Int32Array;
  private readonly stored: readonly boolean[];
  private readonly some: number[] = [];
  private readonly known: (SliceLines | undefined)[] = [];

  /** `slices`: in each partition; `every`: so many sets there are to each that is looked at, a power of two; `stretchSteps`: K tiles of a stretch. */
  constructor(trace: Trace, launch: Launch, map: MemoryMap, slices: number, every: number, stretchSteps: number) {
    this.launch = launch;
    this.map = map;
    this.slices = slices;
    this.every = every;
    this.stretchSteps = stretchSteps;
    this.indices = {row: trace.rowIndex, column: trace.columnIndex};
    const {grid, operands, programs} = launch;
    const written = new Set(programs.flatMap(({ops}) => ops.flatMap((op) => (op.op === 'STG' ? [op.operand] : []))));
    this.stored = operands.map((_, o) => written.has(o));
    this.stretches = Math.max(1, Math.ceil(grid.steps.reduce((most, steps) => Math.max(most, steps), 1) / stretchSteps));
    this.numbers = new Int32Array(operands.length * grid.ctas);
    for (let o = 0; o < operands.length; o++) {
      const byIndex = new Map<number, Map<number, number>>();
      for (let at = o * grid.ctas; at < (o + 1) * grid.ctas; at++) {
        let byBase = byIndex.get(grid.indexStart[at]!);
        if (!byBase) byIndex.set(grid.indexStart[at]!, (byBase = new Map()));
        let number = byBase.get(grid.base[at]!);
        if (number === undefined) byBase.set(grid.base[at]!, (number = this.count++));
        this.numbers[at] = number;
      }
    }
  }

  of(operand: number, cta: number): number {
    return this.numbers[operand * this.launch.grid.ctas + cta]!;
  }

  isStored(operand: number): boolean {
    return this.stored[operand]!;
  }

  /** The lines of a view, as one of the CTAs that share it sees it. */
  lines(view: number, operand: number, cta: number): SliceLines {
    return (this.known[view] ??= this.find(operand, cta));
  }

  /** Sectors of a stretch of a view, of the lines that lie in one slice of each partition. */
  sectors(view: number, operand: number, cta: number, part: number): number {
    const {stretch, upTo} = this.lines(view, operand, cta);
    return upTo[stretch[part + 1]!]! - upTo[stretch[part]!]!;
  }

  private find(operand: number, cta: number): SliceLines {
    const {grid, operands} = this.launch;
    const {gather, rowsPerStep, bytesPerStep, rowsPerEntry = 1, placeBytes} = operands[operand]!;
    const index = gather && this.indices[gather];
    const at = operand * grid.ctas + cta;
    const [base, pitch, rows, bytes, first] = [grid.base[at]!, grid.pitch[at]!, grid.rows[at]!, grid.bytes[at]!, grid.indexStart[at]!];
    const found: Found = {line: [], sectors: [], home: [], stretch: []};
    const run = index && placeBytes ? placeBytes : bytes;
    for (let row = 0; row < rows; row++) {
      const named = index && !placeBytes ? index[first + Math.floor(row / rowsPerEntry)]! * rowsPerEntry + (row % rowsPerEntry) : row;
      for (let byte = 0; byte < bytes; byte += run) {
        const start = base + named * pitch + (index && placeBytes ? index[first + byte / run]! * run : 0);
        const end = start + Math.min(run, bytes - byte);
        if (!this.look(Math.floor(start / lineBytes), Math.floor((end - 1) / lineBytes))) continue;
        for (const line of this.some) {
          const from = Math.max(0, start - line * lineBytes);
          const to = Math.min(lineBytes, end - line * lineBytes) - 1;
          const step = rowsPerStep > 0 ? row / rowsPerStep : bytesPerStep > 0 ? (byte + Math.max(0, line * lineBytes - start)) / bytesPerStep : 0;
          found.line.push(line);
          found.sectors.push((2 << Math.floor(to / sectorBytes)) - (1 << Math.floor(from / sectorBytes)));
          found.home.push(this.map.homeOf(this.map.channelOf(line)));
          found.stretch.push(Math.floor(step / this.stretchSteps));
        }
      }
    }
    return byStretch(found, this.stretches);
  }

  /**
   * Puts into `some`, of neighbouring lines, those in slice 0 of a partition, in one of every few sets; returns whether there are any.
   * A run of `channels` lines visits the slices in turn, from that of its first line on, and the run after it the next sets; of so
   * many runs one is looked at, by chance.
   */
  private look(first: number, last: number): boolean {
    const {channels} = this.map;
    const others = this.every - 1;
    if (this.some.length > 0) this.some.length = 0;
    for (let run = Math.floor(first / channels); run * channels <= last; run++) {
      if ((run & others) !== (scramble(Math.floor(run / this.every)) & others)) continue;
      const turn = this.map.channelOf(run * channels);
      for (let channel = 0; channel < channels; channel += this.slices) {
        const line = run * channels + ((channel - turn + channels) % channels);
        if (line >= first && line <= last) this.some.push(line);
      }
    }
    return this.some.length > 0;
  }
}

type Found = {readonly [of in 'line' | 'sectors' | 'home' | 'stretch']: number[]};

/** A counting sort: lines of one stretch stay in their order. */
function byStretch(found: Found, stretches: number): SliceLines {
  const stretch = new Int32Array(stretches + 1);
  for (const number of found.stretch) stretch[number + 1]!++;
  for (let number = 0; number < stretches; number++) stretch[number + 1]! += stretch[number]!;
  const next = stretch.slice();
  const size = found.line.length;
  const sorted = {lines: new Int32Array(size), sectors: new Uint8Array(size), homes: new Uint8Array(size), stretch, upTo: new Int32Array(size + 1)};
  for (let i = 0; i < size; i++) {
    const at = next[found.stretch[i]!]!++;
    sorted.lines[at] = found.line[i]!;
    sorted.sectors[at] = found.sectors[i]!;
    sorted.homes[at] = found.home[i]!;
  }
  for (let at = 0; at < size; at++) sorted.upTo[at + 1] = sorted.upTo[at]! + sectorCount[sorted.sectors[at]!]!;
  return sorted;
}
