import {Coalescer} from '../gpu/coalescer.ts';
import {sectorBytes, sectorCount} from '../gpu/sectored-cache.ts';
import {Addresses} from '../trace/addresses.ts';
import type {LdgOp, LdgstsOp, Op} from '../trace/op.ts';
import type {Launch, Trace} from '../trace/trace.ts';

/** Lines of a chunk: what is asked for, carried and waited for as one. */
const chunkLines = 64;

/** A part of what a CTA copies of one operand for one K tile. */
export interface Chunk {
  readonly operand: number;
  /** Which of the K tile's chunks it is. */
  readonly part: number;
  /** Lines, and bytes of sectors, of a CTA that sees a whole tile. */
  readonly lines: number;
  readonly bytes: number;
  /** Bytes that the lanes of all its operand's chunks ask for. */
  readonly asked: number;
  /** Where among the MMAs of the K tile before it is asked for: 0 at their beginning … 1 at their end. */
  readonly place: number;
  /** An index says where its rows lie. */
  readonly steered: boolean;
}

/** What CTA `cta`, which sees whole tiles, copies for a K tile, in chunks of at most 64 lines, in the order of its warps' copies. */
export function chunksOf(trace: Trace, launch: Launch, cta: number): readonly Chunk[] {
  const {operands, programs, grid} = launch;
  const addresses = new Addresses(trace, launch);
  const lines = new Coalescer();
  return operands
    .flatMap((operand, number): Chunk[] => {
      const [sum, places] = [{lines: 0, sectors: 0, asked: 0}, [] as number[]];
      for (const {ops, body, epilogue} of programs) {
        const loop = ops.slice(body, epilogue);
        const mmas = loop.filter(isMma).length;
        loop.forEach((op, at) => {
          if (!isCopy(op) || op.operand !== number) return;
          places.push(loop.slice(0, at).filter(isMma).length / Math.max(1, mmas));
          lines.coalesce(addresses, addresses.resolve(op, cta, 0));
          sum.lines += lines.count;
          sum.asked += lines.bytes;
          for (let i = 0; i < lines.count; i++) sum.sectors += sectorCount[lines.sectors[i]!]!;
        });
      }
      if (sum.lines === 0 || grid.steps[cta] === 0) return [];
      places.sort((a, b) => a - b);
      const count = Math.ceil(sum.lines / chunkLines);
      const steered = operand.gather !== undefined;
      return Array.from({length: count}, (_, i) => ({
        operand: number,
        part: 0,
        lines: sum.lines / count,
        bytes: (sum.sectors * sectorBytes) / count,
        asked: sum.asked,
        place: places[Math.floor(((i + 0.5) / count) * places.length)]!,
        steered,
      }));
    })
    .sort((a, b) => a.place - b.place)
    .map((chunk, part) => ({...chunk, part}));
}

/** The numbers that steer a K tile's gathered copies, loaded to registers. */
export interface Index extends Chunk {
  /** K tiles before those copies they are asked for; 0: right before. */
  readonly ahead: number;
  /** Bytes of a K tile's numbers: of few, the sector that the K tile before asked for holds those of this as well, in L1. */
  readonly perTile: number;
}

/** What CTA `cta` loads for a K tile to steer its copies; undefined: no index does, or it lies in shared memory. */
export function indexOf(trace: Trace, launch: Launch, cta: number, chunks: readonly Chunk[]): Index | undefined {
  const {operands, programs} = launch;
  if (!chunks.some(({steered}) => steered)) return undefined;
  const addresses = new Addresses(trace, launch);
  const lines = new Coalescer();
  const sectors = new Map<number, number>();
  const found = {operand: -1, asked: 0, place: 0, ahead: 0};
  for (const {ops, body, epilogue} of programs) {
    const loop = ops.slice(body, epilogue);
    const copy = loop.find(isCopy);
    for (const [at, op] of loop.entries()) {
      if (!copy || !isIndexLoad(op, operands)) continue;
      found.operand = op.operand;
      found.ahead = op.ahead - copy.ahead;
      found.place = loop.slice(0, at).filter(isMma).length / loop.filter(isMma).length;
      lines.coalesce(addresses, addresses.resolve(op, cta, 0));
      // Warps that ask for the same lines find them in L1, or on their way there.
      for (let i = 0; i < lines.count; i++) sectors.set(lines.line[i]!, (sectors.get(lines.line[i]!) ?? 0) | lines.sectors[i]!);
      found.asked += lines.bytes;
    }
  }
  if (sectors.size === 0) return undefined;
  const bytes = [...sectors.values()].reduce((sum, mask) => sum + sectorCount[mask]!, 0) * sectorBytes;
  return {...found, perTile: operands[found.operand]!.bytesPerStep, part: chunks.length, lines: sectors.size, bytes, steered: false};
}

/** Where among the MMAs of a K tile its warps wait for the next one: 0 at their beginning … 1 at their end. */
export function waitsAt({programs}: Launch): number {
  const {ops, body, epilogue} = programs[0]!;
  const loop = ops.slice(body, epilogue);
  const wait = loop.findIndex(({op}) => op === 'DEPBAR');
  return wait === -1 ? 1 : loop.slice(0, wait).filter(isMma).length / loop.filter(isMma).length;
}

/** Bytes that each CTA stores. */
export function storedBy({programs, operands, grid}: Launch): Float64Array {
  const stored = new Set(programs.flatMap(({ops}) => ops.flatMap((op) => (op.op === 'STG' ? [op.operand] : []))));
  const bytes = (cta: number, operand: number): number =>
    stored.has(operand) ? grid.rows[operand * grid.ctas + cta]! * grid.bytes[operand * grid.ctas + cta]! : 0;
  return Float64Array.from({length: grid.ctas}, (_, cta) => operands.reduce((sum, __, operand) => sum + bytes(cta, operand), 0));
}

/** The CTA that sees and does most: one whose tiles are whole. */
export function wholeCta({operands, grid}: Launch): number {
  const size = (cta: number): number => operands.reduce((sum, _, o) => sum + grid.rows[o * grid.ctas + cta]! * grid.bytes[o * grid.ctas + cta]!, 0);
  let most = 0;
  for (let cta = 1; cta < grid.ctas; cta++) if (size(cta) > size(most)) most = cta;
  return most;
}

/** Whether the kernel's main loop is one of copies into stages of shared memory, which flow() can follow. */
export function isStaged({programs, grid, stages}: Launch): boolean {
  const loop = programs.flatMap(({ops, body, epilogue}) => ops.slice(body, epilogue));
  return stages > 1 && grid.kernel === undefined && loop.some(isMma) && loop.some(isCopy);
}

/** Share of a whole tile's bytes that a CTA sees of an operand, on average over its K tiles; operand · ctas + cta. */
export function sharesSeen({operands, grid}: Launch, chunks: readonly Chunk[]): Float64Array {
  const seen = new Float64Array(operands.length * grid.ctas);
  for (const {operand, asked} of chunks) {
    for (let cta = 0; cta < grid.ctas; cta++) {
      const at = operand * grid.ctas + cta;
      seen[at] = grid.steps[cta]! > 0 ? Math.min(1, (grid.rows[at]! * grid.bytes[at]!) / (grid.steps[cta]! * asked)) : 0;
    }
  }
  return seen;
}

function isCopy(op: Op): op is LdgstsOp {
  return op.op === 'LDGSTS';
}

/** To registers, and not on its way to shared memory. */
function isIndexLoad(op: Op, operands: Launch['operands']): op is LdgOp {
  return op.op === 'LDG' && operands[op.operand]!.shared === undefined;
}

function isMma(op: Op): boolean {
  return op.op === 'MMA';
}
