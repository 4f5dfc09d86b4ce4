import {Addresses} from './addresses.ts';
import {isAccess, sectorsOf, type AccessOp} from './accesses.ts';
import {issues, type Issue} from './issue.ts';
import type {LdsmOp, LdsOp, MmaOp, Op, StageOp} from './op.ts';
import {swizzled} from './shared-layout.ts';
import type {Launch, Operand, Trace} from './trace.ts';

/** Part of a warp's operations under a heading: the prologue, one round of the main loop, the epilogue. */
export interface Section {
  readonly title: string;
  readonly lines: readonly Line[];
}

/** One operation as a reader wants it, or several of arithmetic that follow one another. */
export interface Line {
  readonly pc: number;
  readonly operation: string;
  readonly what: string;
  /** Of global memory, and what it takes of it. */
  readonly address: string;
  readonly size: string;
  readonly sectors: string;
  /** Where in shared memory. */
  readonly shared: string;
  /** Counters it waits for, and the one it holds up. */
  readonly scoreboard: string;
  /** Predicated off: the K tile it means is past the last. */
  readonly off: boolean;
}

/** Everything one warp of one CTA issues, with the addresses of that CTA. */
export function listing(trace: Trace, launch: Launch, cta: number, warp: number): readonly Section[] {
  const program = launch.programs[warp]!;
  const context: Context = {trace, launch, cta, addresses: new Addresses(trace, launch)};
  const sections: {title: string; lines: Line[]}[] = [];
  let run: Issue[] = [];
  const flush = () => {
    if (run.length > 0) sections.at(-1)!.lines.push(run[0]!.op.op === 'MMA' ? mmaLine(run) : aluLine(run));
    run = [];
  };
  for (const issue of issues(program, launch.grid.steps[cta]!)) {
    const title = issue.pc < program.body ? 'Prologue' : issue.pc < program.epilogue ? `Main loop, K tile ${issue.step}` : 'Epilogue';
    if (sections.at(-1)?.title !== title) {
      flush();
      sections.push({title, lines: []});
    }
    const kind = issue.op.op;
    const isArithmetic = kind === 'MMA' || kind === 'ALU';
    const goesOn = run.length > 0 && run[0]!.op.op === kind && !(kind === 'ALU' && waits(issue.op));
    if (!goesOn) flush();
    if (isArithmetic) run.push(issue);
    else sections.at(-1)!.lines.push(lineOf(context, issue));
  }
  flush();
  return sections;
}

interface Context {
  readonly trace: Trace;
  readonly launch: Launch;
  readonly cta: number;
  readonly addresses: Addresses;
}

const empty = {what: '', address: '', size: '', sectors: '', shared: ''};

function lineOf(context: Context, {op, pc, tile, on}: Issue): Line {
  const about = isAccess(op)
    ? accessed(context, op, tile, on)
    : op.op === 'LDSM' || op.op === 'LDS'
      ? readShared(context, op, tile, on)
      : op.op === 'STAGE'
        ? written(context, op, tile, on)
        : simple(op);
  return {pc, operation: mnemonic(op), scoreboard: scoreboardOf(op), off: !on, ...empty, ...about};
}

/** As SASS calls it. */
function mnemonic(op: Op): string {
  switch (op.op) {
    case 'LDGSTS':
      return 'LDGSTS.128';
    case 'LDG':
      return 'LDG';
    case 'STG':
      return 'STG.128';
    case 'LDSM':
      return op.copies ? 'LDS.128' : `LDSM.16.M${op.transposed ? 'T' : ''}88.${op.down * op.right}`;
    case 'LDS':
      return 'LDS';
    case 'STS':
      return op.load ? 'LDS.128' : 'STS';
    case 'STAGE':
      return 'STS.128';
    case 'MMA':
      if (op.n === 16) return 'HMMA.884';
      return op.sparse ? `HMMA.SP.168${op.k}` : `HMMA.168${op.k}`;
    case 'ALU':
      return 'ALU';
    case 'FFMA':
      return `FFMA ×${op.count}`;
    case 'COMMIT':
      return 'LDGDEPBAR';
    case 'DEPBAR':
      return `DEPBAR.LE ${op.groups}`;
    case 'BAR':
      return 'BAR.SYNC';
  }
}

function simple(op: Op): Partial<Line> {
  switch (op.op) {
    case 'COMMIT':
      return {what: 'closes the group of copies'};
    case 'DEPBAR':
      return {
        what: op.groups === 0 ? 'until every group has landed' : `until at most ${op.groups} group${op.groups > 1 ? 's are' : ' is'} on its way`,
      };
    case 'FFMA':
      return {what: `sums += weight ${op.element} · R${op.from}`};
    case 'STS':
      return {what: op.load ? 'C, in rows' : 'accumulators', shared: `${op.wavefronts} × 128 B`};
    default:
      return {};
  }
}

function accessed({trace, launch, cta, addresses}: Context, op: AccessOp, tile: number, on: boolean): Partial<Line> {
  const operand = launch.operands[op.operand]!;
  const what = `${operand.name}${whichTile(operand, tile)}`;
  const shared = op.op === 'LDGSTS' ? sharedAt(operand, tile, launch.stages, op.row, op.column) : '';
  if (!on) return {what: `${what}: past the last`};
  const ranges = addresses.resolve(op, cta, tile);
  if (ranges === 0) return {what: `${what}: nothing there${op.op === 'LDGSTS' ? ', zeros' : ''}`, shared};
  const last = ranges - 1;
  const bytes = addresses.length[0]!;
  return {
    what: `${what}, ${named(trace, launch, cta, op, tile, ranges)}`,
    address: ranges > 1 ? upTo(hex(addresses.address[0]!), hex(addresses.address[last]!)) : hex(addresses.address[0]!),
    size: ranges > 1 ? `${ranges} × ${bytes} B` : `${bytes} B`,
    sectors: String(sectorsOf(addresses, ranges)),
    shared,
  };
}

/** Which rows of the matrix they are: those an index names one by one, others from first to last. */
function named(trace: Trace, {operands, grid}: Launch, cta: number, op: AccessOp, tile: number, ranges: number): string {
  const operand = operands[op.operand]!;
  const first = op.row + tile * operand.rowsPerStep;
  if (operand.name === 'index' || operand.name === 'scatter') {
    const entry = op.column / 4;
    return `entries ${range(entry, Math.min(op.bytes, grid.bytes[op.operand * grid.ctas + cta]! - op.column - tile * operand.bytesPerStep) / 4)}`;
  }
  if (!operand.gather || operand.placeBytes) return `${ranges > 1 ? 'rows' : 'row'} ${range(first, ranges)}`;
  const index = operand.gather === 'row' ? trace.rowIndex : trace.columnIndex;
  const start = grid.indexStart[op.operand * grid.ctas + cta]!;
  const block = operand.rowsPerEntry ?? 1;
  const rows = Array.from({length: ranges}, (_, i) => index[start + Math.floor((first + i) / block)]! * block + ((first + i) % block));
  const list = rows.length > 4 ? `${rows.slice(0, 3).join(' ')} … ${rows.at(-1)}` : rows.join(' ');
  return `${operand.gather === 'row' ? 'k' : 'n'} ${list}`;
}

function readShared({launch}: Context, op: LdsmOp | LdsOp, tile: number, on: boolean): Partial<Line> {
  const operand = launch.operands[op.operand]!;
  if (!on) return {what: `${operand.name}${whichTile(operand, tile)}: past the last`};
  const shared = sharedAt(operand, tile, launch.stages, op.row, op.column);
  const from = `${operand.name}${whichTile(operand, tile)}`;
  if (op.op === 'LDS') return {what: `E${op.to} ← ${from}, weights ${range(op.column / 4, 32)}`, shared};
  const columns = `bytes ${range(op.column, op.right * 16)}`;
  return {what: `M${range(op.to, op.down * op.right)} ← ${from}, rows ${range(op.row, op.down * 8)}, ${columns}`, shared};
}

/** A block that an LDG brought, to its place in the stage. */
function written({launch}: Context, op: StageOp, tile: number, on: boolean): Partial<Line> {
  const operand = launch.operands[op.operand]!;
  const what = `${operand.name}${whichTile(operand, tile)}`;
  if (!on) return {what: `${what}: past the last`};
  return {what: `${what}, rows ${range(op.row, op.rows)} ← R${op.from}`, shared: sharedAt(operand, tile, launch.stages, op.row, op.column)};
}

/** MMAs in a row: accumulators, then the matrices they multiply. */
function mmaLine(run: readonly Issue[]): Line {
  const ops = run.map(({op}) => op as MmaOp);
  const [first] = ops;
  const each = (of: (op: MmaOp) => string) => [...new Set(ops.map(of))].join(' ');
  const metadata = first!.sparse ? `, ${each((op) => `E${op.metadata}.${op.half}`)}` : '';
  return {
    ...empty,
    pc: run[0]!.pc,
    operation: ops.length > 1 ? `${mnemonic(first!)} ×${ops.length}` : mnemonic(first!),
    what: `${each((op) => `A${op.accumulator}`)} += ${each((op) => `M${op.weights}`)} · ${each((op) => `M${op.activations}`)}${metadata}`,
    scoreboard: scoreboardOf(first!),
    off: false,
  };
}

/** Instructions of the ordinary pipes in a row: addresses, loop counters, the sums of the reduction. */
function aluLine(run: readonly Issue[]): Line {
  const count = run.reduce((sum, {op}) => sum + (op.op === 'ALU' ? op.count : 0), 0);
  const [{op, pc}] = run as [Issue];
  return {...empty, pc, operation: `ALU ×${count}`, scoreboard: scoreboardOf(op), off: false};
}

function waits(op: Op): boolean {
  return 'wait' in op && op.wait !== undefined && op.wait !== 0;
}

function scoreboardOf(op: Op): string {
  const mask = 'wait' in op && op.wait !== undefined ? op.wait : 0;
  const waits = [0, 1, 2, 3, 4, 5].filter((counter) => (mask >> counter) & 1).map((counter) => `SB${counter}`);
  return [...(waits.length > 0 ? [`wait ${waits.join(' ')}`] : []), ...('set' in op ? [`set SB${op.set}`] : [])].join(', ');
}

function whichTile({rowsPerStep, bytesPerStep, shared}: Operand, tile: number): string {
  return shared || rowsPerStep > 0 || bytesPerStep > 0 ? ` ${tile}` : '';
}

function sharedAt({shared}: Operand, tile: number, stages: number, row: number, column: number): string {
  const address = (tile % stages) * shared!.stageBytes + shared!.offset + swizzled(shared!.rowBytes, row, column);
  return `s[0x${address.toString(16).padStart(5, '0')}]`;
}

function range(first: number, count: number): string {
  return count > 1 ? `${first}–${first + count - 1}` : String(first);
}

/** 0x04b00000…2b50: the second without the digits it shares with the first. */
function upTo(first: string, last: string): string {
  let same = 0;
  while (same < first.length && first[same] === last[same]) same++;
  return same === first.length ? first : `${first}…${last.slice(same)}`;
}

function hex(address: number): string {
  return `0x${address.toString(16).padStart(8, '0')}`;
}
