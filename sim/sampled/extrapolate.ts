import type {GpuValues} from '../gpu/parameters.ts';
import type {Run} from '../gpu/run.ts';
import {shares} from './least-squares.ts';
import type {Load} from '../oracle/load.ts';
import type {Residence} from './residence.ts';

/** A run, and the half width of the interval that its time lies in with a probability of 95 %, as a share of the time. */
export interface Sampled {
  readonly run: Run;
  readonly error: number;
}

/** How much work there is. */
export interface Work {
  readonly ctas: number;
  readonly steps: number;
  /** Of the busiest SM. */
  readonly load: Load;
}

export interface Played extends Work {
  readonly run: Run;
}

/** What is known of the whole without playing it. */
export interface Known {
  /** Exact instructions and bytes of requests. */
  readonly least: Run;
  readonly residence: Residence;
  readonly values: GpuValues;
}

/**
 * What plays of excerpts do not see: CTAs that drift apart over a long main loop, lines written back when L2 is full of results.
 * Assumed: set with the errors of seven GEMMs of 2048³ to 4096³ and of sample.test.ts in view, and tried on no others.
 */
const unseen = 0.025;

/**
 * The run of the whole from runs of its excerpts. Time goes with the CTAs and K tiles of the busiest SM, counts with those of all.
 * The error is by how much the estimate moves if a play other than the largest is left out, and what no play sees.
 */
export function extrapolate(plays: readonly Played[], all: Work, whole: boolean, known: Known): Sampled {
  const {least, residence, values} = known;
  const time = ({load}: Work) => (whole ? [1, load.steps] : [1, load.ctas, load.steps]);
  const work = ({ctas, steps}: Work) => [ctas, steps];
  const bytes = (run: Run): number => Object.values(run.requested).reduce((sum, asked) => sum + asked, 0);
  const estimate = (some: readonly Played[], by: (of: Work) => number[], of: (run: Run) => number): number =>
    shares(some.map(by), by(all)).reduce((sum, share, i) => sum + share * of(some[i]!.run), 0);
  const counted = (of: (run: Run) => number): number => Math.round(Math.max(0, estimate(plays, work, of)));

  const cycles = Math.max(least.cycles, Math.round(estimate(plays, time, (run) => run.cycles)));
  const largest = plays.reduce((most, one) => (one.steps > most.steps ? one : most));
  const apart = plays.map((left) => {
    if (left === largest) return 0;
    const others = plays.filter((one) => one !== left);
    return Math.abs(estimate(others, time, (run) => run.cycles) / cycles - 1);
  });
  // The last K tile of a main loop is seldom full; of bytes it has no more than it asks for.
  const asking = shares(
    plays.map(({ctas, run}) => [ctas, bytes(run)]),
    [all.ctas, bytes(least)],
  );
  // Of CTAs that share an SM one may begin and end while the other computes, more so the further they have drifted apart.
  const loop = shares(plays.map(time), [...time(all).fill(0, 0, -1)]).reduce((sum, share, i) => sum + share * plays[i]!.run.cycles, 0);
  const hidden = least.ctasPerSm > 1 && !whole ? Math.max(0, 1 - loop / cycles) / 4 : 0;
  const read = Math.round(plays.reduce((sum, {run}, i) => sum + asking[i]! * run.l2.read, 0));
  const {dram} = residence;
  const busy = (of: keyof Run['utilisation']): number => Math.min(1, counted((run) => run.utilisation[of] * run.cycles) / cycles);
  return {
    error: unseen + Math.max(...apart) + hidden,
    run: {
      ...least,
      cycles,
      bankConflicts: counted((run) => run.bankConflicts),
      sectorsToL1: read,
      l2: {read, hit: Math.max(0, read - residence.missed), written: counted((run) => run.l2.written), linked: residence.linked},
      dram: {...dram, activations: counted((run) => run.dram.activations)},
      sharedWavefronts: counted((run) => run.sharedWavefronts),
      utilisation: {
        tensor: busy('tensor'),
        shared: busy('shared'),
        crossbar: busy('crossbar'),
        l2: busy('l2'),
        dram: Math.min(1, ((dram.read + dram.written) * values.clock.frequency) / values.dram.bandwidth / cycles),
      },
      ledger: ledgerOf(plays, shares(plays.map(time), time(all)), whole, cycles * values.sm.subcores),
      events: plays.reduce((sum, {run}) => sum + run.events, 0),
    },
  };
}

/** Rows of `each` sub-core cycles: every SM's own if all its CTAs were played, else what is common to all. */
function ledgerOf(plays: readonly Played[], by: readonly number[], own: boolean, each: number): number[][] {
  const sms = plays[0]!.run.ledger.length;
  const rows = plays[0]!.run.ledger.map((row, sm) =>
    row.map((_, reason) => plays.reduce((sum, {run}, i) => sum + by[i]! * run.ledger[sm]![reason]!, 0)),
  );
  const mean = rows[0]!.map((_, reason) => rows.reduce((sum, row) => sum + row[reason]!, 0) / sms);
  return rows.map((row) => tiled(own ? row : mean, each));
}

/** Whole cycles in the same proportions that add up to `each`; a reason that comes out below zero was none. */
export function tiled(row: readonly number[], each: number): number[] {
  const positive = row.map((cycles) => Math.max(0, cycles));
  const sum = positive.reduce((a, b) => a + b, 0);
  const floors = positive.map((cycles) => Math.floor((cycles / sum) * each));
  const largest = floors.indexOf(Math.max(...floors));
  floors[largest]! += each - floors.reduce((a, b) => a + b, 0);
  return floors;
}
