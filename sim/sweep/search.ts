import type {Point} from '../point.ts';
import type {Result} from '../stats/result.ts';
import {predictedSeconds} from './budget.ts';
import type {Objective} from './objective.ts';

/** The results of points, in their order; undefined: the point failed. */
export type Simulate = (points: readonly Point[]) => Promise<readonly (Result | undefined)[]>;

export interface Search {
  readonly objective: Objective;
  readonly meets: (result: Result) => boolean;
  /** Points that may be simulated at the fidelity that is asked for. */
  readonly tries: number;
  /** Points simulated at the same time. */
  readonly workers: number;
}

export interface Found {
  /** The best that meets the requirements; undefined: none of those simulated does. */
  readonly best: Result | undefined;
  readonly simulated: readonly Result[];
  /** Candidates that were not simulated, and those among them that their lower bound rules out. */
  readonly left: number;
  readonly ruledOut: number;
  /** The least that the bound says of those that nothing rules out. */
  readonly least: number | undefined;
}

interface Candidate {
  readonly point: Point;
  /** What the bound says. */
  readonly bound: number;
  /** The best guess so far. */
  readonly guess: number;
}

/**
 * The best of many points by few simulations: all are bounded, the most promising simulated first, until as many were tried as may be,
 * or until the bound of what is left is worse than what was found. The bound is one of time alone: by any other objective it
 * only says where to begin. Seeded by its points alone, so that it can be taken up again.
 */
export async function search(points: readonly Point[], simulate: Simulate, {objective, meets, tries, workers}: Search): Promise<Found> {
  const score = (result: Result) => objective.sign * objective.of(result);
  const isBound = objective.name === 'time_us' || objective.name === 'gpu__time_duration.sum';
  const guessed = async (candidates: readonly Candidate[], fidelity: Point['fidelity']) => {
    const results = await simulate(candidates.map(({point}) => ({...point, fidelity})));
    return candidates
      .flatMap((candidate, i): Candidate[] => (results[i] ? [{...candidate, guess: score(results[i])}] : []))
      .sort((a, b) => a.guess - b.guess);
  };
  let candidates = await guessed(
    points.map((point) => ({point, bound: 0, guess: 0})),
    'bound',
  );
  candidates = candidates.map((candidate) => ({...candidate, bound: candidate.guess}));
  if (points.some(samplingHelps)) {
    const promising = candidates.slice(0, 4 * tries);
    candidates = [...(await guessed(promising, 'sampled')), ...candidates.slice(promising.length)];
  }
  const simulated: Result[] = [];
  let best: Result | undefined;
  const mayBeat = ({bound}: Candidate) => !isBound || !best || bound < score(best);
  let rest = candidates;
  for (let spent = 0; spent < tries;) {
    const round = rest.filter(mayBeat).slice(0, Math.min(workers, tries - spent));
    if (round.length === 0) break;
    spent += round.length;
    rest = rest.filter((candidate) => !round.includes(candidate));
    for (const result of await simulate(round.map(({point}) => point))) {
      if (!result) continue;
      simulated.push(result);
      if (meets(result) && (!best || score(result) < score(best))) best = result;
    }
  }
  const open = rest.filter(mayBeat);
  const least = isBound && open.length > 0 ? Math.min(...open.map(({bound}) => bound)) : undefined;
  return {best, simulated, left: rest.length, ruledOut: rest.length - open.length, least};
}

/** Small points are sampled whole, and so gain nothing. */
function samplingHelps(point: Point): boolean {
  return predictedSeconds({...point, fidelity: 'sampled'}) < predictedSeconds(point) / 2;
}
