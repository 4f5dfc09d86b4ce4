import type {CtaMoments} from '../gpu/cta-scheduler.ts';
import type {Trace} from '../trace/trace.ts';

/**
 * How far every point of a run is: CTAs that ended, and CTAs in all, two numbers a point. In memory that threads share: a
 * worker only ever adds, and whoever draws looks whenever it likes.
 */
export function ctaCounters(points: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(points * 2 * Int32Array.BYTES_PER_ELEMENT));
}

/** Says that a point is being simulated, though nobody has counted its CTAs yet. */
export function begin(counters: Int32Array, index: number): void {
  Atomics.compareExchange(counters, 2 * index + 1, 0, -1);
}

export function hasBegun(counters: Int32Array, index: number): boolean {
  return Atomics.load(counters, 2 * index + 1) !== 0;
}

export function ctasOf(trace: Trace): number {
  return trace.launches.reduce((sum, {grid}) => sum + grid.ctas, 0);
}

/** Counts the CTAs of a point as they end. A trace that is played again, at another clock, has as many to go once more. */
export function watchCtas(counters: Int32Array, index: number, ctas: number): CtaMoments {
  let inAll = ctas;
  Atomics.store(counters, 2 * index + 1, inAll);
  return {
    ended: () => {
      if (Atomics.add(counters, 2 * index, 1) < inAll) return;
      inAll += ctas;
      Atomics.store(counters, 2 * index + 1, inAll);
    },
  };
}

/** A run as one looks at it. */
export interface Progress {
  readonly points: number;
  readonly settled: number;
  /** CTAs of the points that are being simulated. */
  readonly running: {readonly done: number; readonly ctas: number};
  /** CTAs simulated since the beginning. */
  readonly simulated: number;
  /** Of all the work there is, 0…1. */
  readonly share: number;
}

/** Where a run stands. `costs`: the points' shares of the work; `settled`: which are done, or have failed. */
export function progressOf(counters: Int32Array, costs: readonly number[], settled: readonly boolean[]): Progress {
  let [work, all, simulated, done, ctas] = [0, 0, 0, 0, 0];
  costs.forEach((cost, i) => {
    const [ended, inAll] = [Atomics.load(counters, 2 * i), Math.max(0, Atomics.load(counters, 2 * i + 1))];
    const share = settled[i] ? 1 : inAll > 0 ? ended / inAll : 0;
    all += cost;
    work += cost * share;
    simulated += ended;
    if (settled[i]) return;
    done += ended;
    ctas += inAll;
  });
  return {
    points: costs.length,
    settled: settled.filter(Boolean).length,
    running: {done, ctas},
    simulated,
    share: all > 0 ? work / all : 0,
  };
}

/** 2/5 points, 1 failed, 312/1200 CTAs of those running, 640 CTAs/s, 4 s, about 9 s left */
export function progressText({points, settled, running, simulated, share}: Progress, seconds: number, failed = 0): string {
  const left = (seconds * (1 - share)) / share;
  return [
    `${settled}/${points} points`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(seconds > 0 && settled / seconds >= 2 ? [`${Math.round(settled / seconds)} points/s`] : []),
    ...(running.ctas > 0 ? [`${running.done}/${running.ctas} CTAs of those running`] : []),
    ...(seconds > 0 && simulated > 0 ? [`${Math.round(simulated / seconds)} CTAs/s`] : []),
    duration(seconds),
    // Before that a guess is no better than none.
    ...(share > 0.05 && share < 1 && seconds > 1 ? [`about ${duration(left)} left`] : []),
  ].join(', ');
}

/** 12 s, 3 min 05 s, 2 h 40 min */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}
