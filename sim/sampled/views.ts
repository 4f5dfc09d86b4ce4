import type {MemoryMap} from '../gpu/memory-map.ts';
import {lineBytes, sectorBytes} from '../gpu/sectored-cache.ts';
import type {Launch, Trace} from '../trace/trace.ts';

/** The lines of a view that lie in one slice of each partition, and the sectors seen of them, stretch after stretch of the main loop. */
export interface SliceLines {
  readonly lines: Int32Array;
  readonly sectors: Uint8Array;
  /** Where the lines of each stretch begin, and the end of the last. */
  readonly stretch: Int32Array;
}

/** What the CTAs of a launch see of its operands. CTAs that share an operand's rows or columns share a view, which has a number. */
export class Views {
  count = 0;
  /** Stretches of the longest main loop. */
  readonly stretches: number;
  private readonly launch: Launch;
  private readonly map: MemoryMap;
  private readonly slices: number;
  private readonly stretchSteps: number;
  private readonly indices: {readonly row: Uint32Array; readonly column: Uint32Array};
  private readonly numbers: Int32Array;
  private readonly stored: readonly boolean[];
  private readonly known: (SliceLines | undefined)[] = [];

  /** `slices`: in each partition; `stretchSteps`: K tiles of a stretch. */
  constructor(trace: Trace, launch: Launch, map: MemoryMap, slices: number, stretchSteps: number) {
    this.launch = launch;
    this.map = map;
    this.slices = slices;
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

  private find(operand: number, cta: number): SliceLines {
    const {grid, operands} = this.launch;
    const {gather, rowsPerStep, bytesPerStep} = operands[operand]!;
    const index = gather && this.indices[gather];
    const at = operand * grid.ctas + cta;
    const [base, pitch, rows, bytes, first] = [grid.base[at]!, grid.pitch[at]!, grid.rows[at]!, grid.bytes[at]!, grid.indexStart[at]!];
    const found: {line: number; sectors: number; stretch: number}[] = [];
    for (let row = 0; row < rows && bytes > 0; row++) {
      const start = base + (index ? index[first + row]! : row) * pitch;
      const end = start + bytes;
      const last = Math.floor((end - 1) / lineBytes);
      for (let line = Math.floor(start / lineBytes); line <= last; line++) {
        if (this.map.channelOf(line) % this.slices !== 0) continue;
        const from = Math.max(0, start - line * lineBytes);
        const to = Math.min(lineBytes, end - line * lineBytes) - 1;
        const step = rowsPerStep > 0 ? row / rowsPerStep : bytesPerStep > 0 ? Math.max(0, line * lineBytes - start) / bytesPerStep : 0;
        found.push({
          line,
          sectors: (2 << Math.floor(to / sectorBytes)) - (1 << Math.floor(from / sectorBytes)),
          stretch: Math.floor(step / this.stretchSteps),
        });
      }
    }
    found.sort((a, b) => a.stretch - b.stretch);
    const stretch = new Int32Array(Math.max(1, Math.ceil(grid.steps[cta]! / this.stretchSteps)) + 1).fill(found.length);
    for (let i = found.length - 1; i >= 0; i--) stretch.fill(i, 0, found[i]!.stretch + 1);
    return {lines: Int32Array.from(found, ({line}) => line), sectors: Uint8Array.from(found, ({sectors}) => sectors), stretch};
  }
}
