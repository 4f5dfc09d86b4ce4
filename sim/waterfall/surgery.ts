import type {Op} from '../trace/op.ts';
import type {Launch, OperandName, Program, Trace} from '../trace/trace.ts';

/** Traces of what was not: the same kernel with one thing taken out. Pure; the trace given is left as it is. */

type Edit = (program: Program, launch: Launch) => Program;

function edited(trace: Trace, edit: Edit): Trace {
  return {...trace, launches: trace.launches.map((launch) => ({...launch, programs: launch.programs.map((p) => edit(p, launch))}))};
}

/** A program whose prologue, body and epilogue are each rewritten op by op. */
function rewritten({ops, body, epilogue}: Program, rewrite: (op: Op, part: 'prologue' | 'body' | 'epilogue') => readonly Op[]): Program {
  const parts = [
    ops.slice(0, body).flatMap((op) => rewrite(op, 'prologue')),
    ops.slice(body, epilogue).flatMap((op) => rewrite(op, 'body')),
    ops.slice(epilogue).flatMap((op) => rewrite(op, 'epilogue')),
  ];
  return {ops: parts.flat(), body: parts[0]!.length, epilogue: parts[0]!.length + parts[1]!.length};
}

/** Only the first kernel; split-K's reduction is gone. */
export function firstLaunch(trace: Trace): Trace {
  return {...trace, launches: trace.launches.slice(0, 1)};
}

/** Every warp ends with its main loop. */
export function withoutEpilogue(trace: Trace): Trace {
  return edited(trace, ({ops, body, epilogue}) => ({ops: ops.slice(0, epilogue), body, epilogue}));
}

/** The first K tiles are in shared memory when a CTA starts: of the prologue only the first fragments are left. */
export function withoutFill(trace: Trace): Trace {
  return edited(trace, (program) => rewritten(program, (op, part) => (part !== 'prologue' || ['LDSM', 'LDS', 'COMMIT'].includes(op.op) ? [op] : [])));
}

/** Nothing of these operands is copied or loaded from global memory; what reads them from shared memory does so all the same. */
export function withoutCopies(trace: Trace, names: readonly OperandName[]): Trace {
  return withoutAccesses(trace, ['LDGSTS', 'LDG'], names);
}

/** Nothing of these operands is read from shared memory into registers. */
export function withoutReads(trace: Trace, names: readonly OperandName[]): Trace {
  return withoutAccesses(trace, ['LDSM', 'LDS'], names);
}

function withoutAccesses(trace: Trace, kinds: readonly Op['op'][], names: readonly OperandName[]): Trace {
  return edited(trace, (program, {operands}) =>
    rewritten(program, (op) => (kinds.includes(op.op) && 'operand' in op && names.includes(operands[op.operand]!.name) ? [] : [op])),
  );
}

/** No warp waits for another, or for copies; none computes addresses or counts its K tiles. */
export function withoutControl(trace: Trace): Trace {
  return edited(trace, (program) => rewritten(program, (op) => (['BAR', 'DEPBAR', 'COMMIT', 'ALU'].includes(op.op) ? [] : [op])));
}

/** Whoever waits for a row or column number goes on at once. */
export function withIndexKnown(trace: Trace): Trace {
  return edited(trace, (program, launch) => {
    const waited = steering(program, launch);
    return rewritten(program, (op) => ('wait' in op && op.wait !== undefined ? [{...op, wait: op.wait & ~waited}] : [op]));
  });
}

/** No row or column number is loaded, none is waited for, and half of the arithmetic in front of gathered copies is saved. */
export function withoutIndex(trace: Trace): Trace {
  const straight = edited(trace, (program, launch) => {
    const waited = steering(program, launch);
    // A gathered row takes a multiply-add for the row beside the add for the K tile.
    return rewritten(program, (op) => (op.op === 'ALU' && ((op.wait ?? 0) & waited) > 0 ? [{...op, count: Math.ceil(op.count / 2)}] : [op]));
  });
  return withoutCopies(withIndexKnown(straight), ['index', 'scatter']);
}

/** The counters, as a mask, that loads of row and column numbers hold up. */
function steering({ops}: Program, {operands}: Launch): number {
  let mask = 0;
  for (const op of ops) if (op.op === 'LDG' && ['index', 'scatter'].includes(operands[op.operand]!.name)) mask |= 1 << op.set;
  return mask;
}
