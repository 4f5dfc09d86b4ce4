import type {BlockOp} from '../trace/addresses.ts';
import {RecentOf} from '../trace/recent.ts';
import type {Launch, Program} from '../trace/trace.ts';
import {Code, type Decoded} from './decode.ts';
import {lineBytes} from './sectored-cache.ts';

/**
 * Programs as the macro-scheduler reads them, struct-of-arrays. Between two places where a warp may have to wait, or where
 * others see what it does, order matters little: MMAs come in runs, the reads of shared memory among them as one burst, and
 * short arithmetic disappears in the MMAs' shadow.
 */
export interface MacroOps {
  readonly code: Uint8Array;
  /** Counters that must be down, and those that reads hold up, as bit masks. */
  readonly wait: Uint8Array;
  readonly holds: Uint8Array;
  readonly ahead: Int8Array;
  /** MMA: how many. ALU: instructions. STS: wavefronts. LDGSTS: wavefronts a byte. DEPBAR: groups. */
  readonly cost: Float64Array;
  /** Reads of shared memory among a run's MMAs, wavefronts each, how many MMAs come before the first, and between two. */
  readonly reads: Int32Array;
  readonly wavefronts: Float64Array;
  readonly first: Float64Array;
  readonly apart: Float64Array;
  /** Cycles between the MMAs of a run that a single warp issues: the pipe's interval, or the wait for an accumulator. */
  readonly pace: number;
  /** What a copy, load or store asks for, and the counter a load holds up. */
  readonly block: readonly (BlockOp | undefined)[];
  readonly set: Int8Array;
  readonly start: Int32Array;
  readonly body: Int32Array;
  readonly epilogue: Int32Array;
  readonly end: Int32Array;
}

/** Reads of shared memory that go as one, or other sub-cores would find all of them before theirs: of 1 … 8 nearest to the reference. */
const mostReads = 4;

/** Lines of copies that are asked for as one; more would hold the SM's port for longer than others notice. */
const mostCopied = 16;

interface Draft {
  readonly code: number;
  readonly block: BlockOp | undefined;
  readonly wait: number;
  readonly set: number;
  readonly holds: number;
  readonly ahead: number;
  readonly cost: number;
  readonly reads: number;
  readonly wavefronts: number;
  readonly first: number;
  readonly apart: number;
}

/** Of one kernel, and of excerpts of it, on many GPUs. */
const known = new RecentOf<Decoded, MacroOps>(1);

export function macroOps(launch: Launch, decoded: Decoded, aluInterval: number): MacroOps {
  return known.get(decoded, String(aluInterval), () => made(launch, decoded, aluInterval));
}

function made(launch: Launch, decoded: Decoded, aluInterval: number): MacroOps {
  const pace = decoded.mma ? Math.max(decoded.mma.warpInterval, decoded.mma.interval, decoded.mma.latency / accumulatorDistance(launch)) : 0;
  const drafts: Draft[] = [];
  const places = {start: [] as number[], body: [] as number[], epilogue: [] as number[], end: [] as number[]};
  launch.programs.forEach((_, warp) => {
    const part = (list: number[], from: number, to: number): void => {
      list.push(drafts.length);
      drafts.push(...copiesTogether(merged(decoded, from, to, (pace - 1) / aluInterval), launch.operands));
    };
    part(places.start, decoded.start[warp]!, decoded.body[warp]!);
    part(places.body, decoded.body[warp]!, decoded.epilogue[warp]!);
    part(places.epilogue, decoded.epilogue[warp]!, decoded.end[warp]!);
    places.end.push(drafts.length);
  });
  return {
    code: Uint8Array.from(drafts, (d) => d.code),
    wait: Uint8Array.from(drafts, (d) => d.wait),
    holds: Uint8Array.from(drafts, (d) => d.holds),
    set: Int8Array.from(drafts, (d) => d.set),
    ahead: Int8Array.from(drafts, (d) => d.ahead),
    cost: Float64Array.from(drafts, (d) => d.cost),
    reads: Int32Array.from(drafts, (d) => d.reads),
    wavefronts: Float64Array.from(drafts, (d) => d.wavefronts),
    first: Float64Array.from(drafts, (d) => d.first),
    apart: Float64Array.from(drafts, (d) => d.apart),
    pace,
    block: drafts.map((d) => d.block),
    start: Int32Array.from(places.start),
    body: Int32Array.from(places.body),
    epilogue: Int32Array.from(places.epilogue),
    end: Int32Array.from(places.end),
  };
}

/** Puts together what may be of ops `from` … `to`. `hidden`: instructions of arithmetic that an MMA hides. */
function merged(decoded: Decoded, from: number, to: number, hidden: number): Draft[] {
  const drafts: Draft[] = [];
  let stretch: Draft[] = [];
  let waited = 0;
  let held = 0;
  const end = (): void => {
    drafts.push(...together(stretch));
    stretch = [];
    waited = held = 0;
  };
  for (let at = from; at < to; at++) {
    const op = draftOf(decoded, at);
    const mma = op.code === Code.mma;
    const read = isRead(op.code) && op.wait === 0;
    const arithmetic = op.code === Code.alu && op.wait === 0 && op.cost <= hidden;
    // An MMA that waits for what the stretch has not waited for already, or for what is read in it, begins another.
    if ((mma && ((op.wait & ~waited) !== 0 || (op.wait & held) !== 0)) || (read && full(stretch, op))) end();
    if (mma) waited |= op.wait;
    if (read) held |= op.holds;
    if (mma || read) stretch.push(op);
    else if (!(arithmetic && stretch.some((o) => o.code === Code.mma))) {
      end();
      drafts.push(op);
    }
  }
  end();
  return drafts;
}

/**
 * Copies of rows that follow each other, with nothing but MMAs between them, are asked for at once, where the first stands. Those
 * that gather places along their rows ask for more lines than their bytes tell, and go alone.
 */
function copiesTogether(drafts: readonly Draft[], operands: Launch['operands']): Draft[] {
  const out: Draft[] = [];
  let copy = -1;
  for (const op of drafts) {
    const before = out[copy];
    const straight = op.block && operands[op.block.operand]!.placeBytes === undefined;
    if (op.code === Code.ldgsts && straight && before !== undefined && before.ahead === op.ahead && follow(before.block!, op.block!)) {
      out[copy] = {...before, block: {...before.block!, rows: before.block!.rows + op.block!.rows}};
      continue;
    }
    if (op.code === Code.ldgsts) copy = out.length;
    else if (op.code !== Code.mma) copy = -1;
    const last = out.at(-1);
    if (op.code === Code.mma && op.reads === 0 && last?.code === Code.mma && copy !== -1 && op.wait === last.wait)
      out[out.length - 1] = {...last, cost: last.cost + op.cost};
    else out.push(op);
  }
  return out;
}

function follow(before: BlockOp, next: BlockOp): boolean {
  const lines = Math.ceil(before.bytes / lineBytes) * (before.rows + next.rows);
  return (
    before.operand === next.operand &&
    before.column === next.column &&
    before.bytes === next.bytes &&
    before.row + before.rows === next.row &&
    lines <= mostCopied
  );
}

function full(stretch: readonly Draft[], next: Draft): boolean {
  const reads = stretch.filter((op) => isRead(op.code));
  return reads.length === mostReads || reads.some((op) => op.ahead !== next.ahead);
}

/** MMAs and reads with nothing to wait for among them, as one; reads without MMAs follow each other. */
function together(stretch: readonly Draft[]): Draft[] {
  const mmas = stretch.filter((op) => op.code === Code.mma);
  const reads = stretch.filter((op) => isRead(op.code));
  if (stretch.length === 0) return [];
  const before = (read: Draft | undefined): number => stretch.slice(0, read && stretch.indexOf(read)).filter((op) => op.code === Code.mma).length;
  return [
    {
      ...stretch[0]!,
      code: mmas.length > 0 ? Code.mma : Code.ldsm,
      cost: mmas.length,
      wait: mmas.reduce((wait, op) => wait | op.wait, 0),
      ahead: reads[0]?.ahead ?? 0,
      holds: reads.reduce((all, op) => all | op.holds, 0),
      reads: reads.length,
      wavefronts: reads.reduce((sum, op) => sum + op.cost, 0) / Math.max(1, reads.length),
      first: before(reads[0]),
      apart: reads.length < 2 ? 0 : (before(reads.at(-1)) - before(reads[0])) / (reads.length - 1),
    },
  ];
}

function draftOf(decoded: Decoded, at: number): Draft {
  const set = decoded.set[at]!;
  return {
    code: decoded.code[at]!,
    block: decoded.block[at],
    wait: decoded.wait[at]!,
    set,
    holds: set < 0 ? 0 : 1 << set,
    ahead: decoded.ahead[at]!,
    cost: decoded.cost[at]!,
    reads: 0,
    wavefronts: 0,
    first: 0,
    apart: 0,
  };
}

function isRead(code: number): boolean {
  return code === Code.ldsm || code === Code.lds;
}

/** The fewest MMAs from one use of an accumulator to its next, round the loop. */
function accumulatorDistance({programs}: Launch): number {
  return Math.min(...programs.map(distanceIn));
}

function distanceIn({ops, body, epilogue}: Program): number {
  const used = ops.slice(body, epilogue).flatMap((op) => (op.op === 'MMA' ? [op.accumulator] : []));
  const last = new Map<number, number>();
  let least = Infinity;
  [...used, ...used].forEach((accumulator, i) => {
    const before = last.get(accumulator);
    if (before !== undefined) least = Math.min(least, i - before);
    last.set(accumulator, i);
  });
  return least;
}
