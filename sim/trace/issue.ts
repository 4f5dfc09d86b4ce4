import type {Op} from './op.ts';
import type {Program} from './trace.ts';

/** An operation as a warp comes to it. */
export interface Issue {
  readonly op: Op;
  /** Where it stands in the program. */
  readonly pc: number;
  /** Iteration of the loop: 0 before it, the number of K tiles after it. */
  readonly step: number;
  /** The K tile it means. What stands after the loop means no tile of it, and counts from the first. */
  readonly tile: number;
  /** False: predicated off, as the K tile it means is past the last. */
  readonly on: boolean;
}

/** What a warp goes through in a CTA of `steps` K tiles, in order: the loop once a K tile, everything else once. */
export function* issues({ops, body, epilogue}: Program, steps: number): Generator<Issue, void, void> {
  for (let pc = 0; pc < body; pc++) yield issue(ops[pc]!, pc, 0, steps);
  for (let step = 0; step < steps; step++) for (let pc = body; pc < epilogue; pc++) yield issue(ops[pc]!, pc, step, steps);
  for (let pc = epilogue; pc < ops.length; pc++) yield {op: ops[pc]!, pc, step: steps, tile: 0, on: true};
}

function issue(op: Op, pc: number, step: number, steps: number): Issue {
  const tile = step + ('ahead' in op ? op.ahead : 0);
  return {op, pc, step, tile, on: !('ahead' in op) || tile < steps};
}

/** The program with only those operations that `keep` keeps. */
export function filterOps({ops, body, epilogue}: Program, keep: (op: Op) => boolean): Program {
  const parts = [ops.slice(0, body), ops.slice(body, epilogue), ops.slice(epilogue)].map((part) => part.filter(keep));
  return {ops: parts.flat(), body: parts[0]!.length, epilogue: parts[0]!.length + parts[1]!.length};
}
