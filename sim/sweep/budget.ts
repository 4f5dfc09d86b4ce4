import type {Fidelity} from '../config/settings.ts';
import {canonicalParts, type Point} from '../point.ts';
import {cost} from './cost.ts';

/**
 * Multiply-adds of a point that `detailed` simulates in a second: dense GEMMs of 2048³ to 4096³ on one core of the machine that
 * `npm run bench` describes. Small, DRAM-bound ones take up to three times as long.
 */
const detailedPerSecond = 1e10;
/** What `sampled` takes for any point, in seconds, and multiply-adds a second beside it: 2048³ to 65536×8192×8192 on the same machine. */
const sampledStart = 0.15;
const sampledPerSecond = 1.1e12;
/** What it takes in place of the start for a point that differs in hardware alone from one before: a hundred TVW layers and 4096³, with a kernel given and with `auto`. */
const sampledAgain = 0.02;

/** What each fidelity costs in accuracy, next to `detailed`. */
const accuracy: {readonly [fidelity in Fidelity]?: string} = {
  detailed: 'every CTA',
  sampled: 'time within the interval given with it, 2 % on average',
  bound: 'a lower bound, of time by as much as half',
};

/** The most faithful of the fidelities whose predicted cost lets a point end within `seconds`. Depends on nothing but the point. */
export function withinBudget(point: Point, seconds: number): Point {
  const fidelity = detailedSeconds(point) <= seconds ? 'detailed' : sampledSeconds(point) <= seconds ? 'sampled' : 'bound';
  return {...point, fidelity};
}

/** About how long a point takes on one worker, in seconds: to tell minutes from days before a run. */
export function predictedSeconds(point: Point): number {
  const detailed = detailedSeconds(point);
  const each: Readonly<Record<Fidelity, number>> = {
    bound: detailed / 250,
    sampled: sampledSeconds(point),
    detailed,
    // An event a hop: three times as long.
    reference: 3 * detailed,
  };
  return perPoint + each[point.fidelity];
}

/** About how long points take on one worker together: what has been found of a kernel serves all hardware it is tried on. */
export function predictedTogether(points: readonly Point[]): number {
  const met = new Set<string>();
  return points.reduce((sum, point) => {
    const {workload, pattern, kernel, fidelity, seed, layers} = point;
    const shared = canonicalParts({workload, pattern, kernel, fidelity, seed, ...(layers && {layers})});
    const again = fidelity === 'sampled' && met.has(shared);
    met.add(shared);
    return sum + (again ? Math.min(predictedSeconds(point), perPoint + sampledAgain + cost(point) / sampledPerSecond) : predictedSeconds(point));
  }, 0);
}

function detailedSeconds(point: Point): number {
  return cost(point) / detailedPerSecond;
}

/** What is small is played whole. */
function sampledSeconds(point: Point): number {
  return Math.min(detailedSeconds(point), sampledStart + cost(point) / sampledPerSecond);
}

/** Seconds that the smallest point takes: its kernel is chosen, its result encoded. */
const perPoint = 0.006;

/** budget of 10 s a point: 3 detailed (every CTA), 1 sampled (…) */
export function budgetText(points: readonly Point[], seconds: number): string {
  const chosen = Object.entries(accuracy).flatMap(([fidelity, says]) => {
    const count = points.filter((point) => point.fidelity === fidelity).length;
    return count > 0 ? [`${count} ${fidelity} (${says})`] : [];
  });
  return `budget of ${seconds} s a point: ${chosen.join(', ')}`;
}
