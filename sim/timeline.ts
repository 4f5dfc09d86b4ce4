import type {Point} from './point.ts';
import {watchTimes} from './probes/cta-times.ts';
import {ctasOf} from './probes/progress.ts';
import {watchLoads} from './probes/unit-loads.ts';
import {jobFor, simulateJob} from './simulate.ts';
import {timelineSchema, type Timeline} from './stats/timeline.ts';

/** SM cycles between two readings of how busy the units are. */
const interval = 1000;

/** Simulates a point and says when each of its CTAs ran. Undefined where none did: `bound` is a closed form. */
export function timelineOf(point: Point): Timeline | undefined {
  const job = jobFor(point);
  const ctas = ctasOf(job.trace);
  const {times, probe} = watchTimes(ctas);
  const {loads, probe: meter} = watchLoads(interval);
  const {digest, cycles, clock_mhz, ledger_by_sm, kernel} = simulateJob(point, job, [probe, meter]);
  const {launches} = job.trace;
  if (times.cta.length !== ctas) return undefined;
  let next = 0;
  const begins = launches.map(({name, grid}) => {
    const first = next;
    next += grid.ctas;
    return {name, first, grid};
  });
  const gridOf = (i: number) => begins.findLast(({first}) => first <= i)!.grid;
  return {
    schema: timelineSchema,
    digest,
    cycles,
    clock_mhz,
    sms: ledger_by_sm.rows.length,
    slots: kernel.ctas_per_sm,
    launches: begins.map(({name, first}) => ({name, first})),
    ...times,
    tile: times.cta.map((cta, i) => gridOf(i).tile[cta]!),
    steps: times.cta.map((cta, i) => gridOf(i).steps[cta]!),
    loads: {every: interval, ...loads},
  };
}
