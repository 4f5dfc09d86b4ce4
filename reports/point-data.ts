import type {Datum} from './figure.ts';
import {parametersOf} from './compare.ts';
import {about, type Point} from './study.ts';

/** Every point with all that is known of it, a line each: parameters, time, ledger, metrics. */
export function pointData(points: readonly Point[]): readonly Datum[] {
  return points.map((point) => {
    const {result, speedup} = point;
    const ledger = Object.entries(result.ledger).map(([reason, cycles]) => [`ledger.${reason}`, cycles]);
    return {
      ...about(point),
      digest: result.digest,
      ...Object.fromEntries(parametersOf(result)),
      m: result.m,
      n: result.n,
      k: result.k,
      time_us: result.time_us,
      speedup,
      sm_cycles: result.cycles,
      clock_mhz: result.clock_mhz,
      ...(Object.fromEntries(ledger) as Datum),
      ...result.metrics,
    };
  });
}
