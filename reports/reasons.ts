import {colours, type Paint} from './theme.ts';

/** Why an SM's cycle went by, as the ledger books it. */
export interface Reason {
  readonly paint: Paint;
  readonly meaning: string;
}

/**
 * Useful work first, then what held it up, from the pipes outwards to memory, then the time in which there was nothing to
 * hold up. One family of hues a neighbourhood: blue works, yellow is the pipes, green shared memory, orange to brown
 * global memory, purple the other warps, grey the ends. Names are Nsight Compute's where it has one.
 */
export const reasons: {readonly [name: string]: Reason} = {
  tensor_active: {paint: colours.blue, meaning: 'the tensor cores were multiplying'},
  selected: {paint: colours.sky, meaning: 'a warp issued another instruction'},
  math_pipe_throttle: {paint: colours.yellow, meaning: 'the pipe the next instruction needs was still taken'},
  wait: {paint: colours.ochre, meaning: 'a fixed latency of the instruction before'},
  short_scoreboard: {paint: colours.green, meaning: 'a result from shared memory was outstanding'},
  mio_throttle: {paint: colours.mint, meaning: 'the queue to shared memory was full'},
  lg_throttle: {paint: colours.orange, meaning: 'the queue to L1 for global memory was full'},
  long_scoreboard: {paint: colours.vermilion, meaning: 'data from L2 or DRAM were outstanding'},
  long_scoreboard_index: {paint: colours.brown, meaning: 'the index that steers the activation loads was outstanding'},
  barrier: {paint: colours.purple, meaning: 'waiting for the other warps of the CTA'},
  not_selected: {paint: colours.pink, meaning: 'ready, but another warp was chosen'},
  drain: {paint: colours.grey1, meaning: 'the last stores were leaving'},
  launch: {paint: colours.grey2, meaning: 'a CTA was being set up'},
  tail: {paint: colours.grey3, meaning: 'no CTA was left for this SM while others still worked'},
  idle: {paint: colours.grey4, meaning: 'nothing was resident'},
};

/** The reasons under which work is done rather than waited for. */
export const useful: readonly string[] = ['tensor_active', 'selected'];

export function reasonOf(name: string): Reason {
  return reasons[name] ?? {paint: colours.neutral, meaning: 'a reason this report does not know'};
}

/** The reasons that occur, in the order of `reasons`; those unknown last, by name. */
export function ordered(names: Iterable<string>): readonly string[] {
  const known = Object.keys(reasons);
  const rank = (name: string) => (known.includes(name) ? known.indexOf(name) : known.length);
  return [...new Set(names)].toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0));
}
