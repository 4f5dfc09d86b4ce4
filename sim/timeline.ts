import type {Point} from './point.ts';
import {watchActivity, type Look} from './probes/activity.ts';
import {watchTimes} from './probes/cta-times.ts';
import type {Probe} from './gpu/probe.ts';
import {ctasOf} from './probes/progress.ts';
import {watchLoads} from './probes/unit-loads.ts';
import {jobFor, simulateJob} from './simulate.ts';
import type {Activity} from './stats/activity.ts';
import {timelineSchema, type Timeline} from './stats/timeline.ts';

/** SM cycles between two readings of how busy the units are. */
const interval = 1000;

/** Simulates a point and says when each of its CTAs ran. Undefined where none did: `bound` is a closed form. */
export function timelineOf(point: Point): Timeline | undefined {
  return watched(point, [], interval);
}

/** The same with a close look at some SMs. */
export function activityOf(point: Point, look: Look): {readonly timeline: Timeline; readonly activity: Activity} | undefined {
  const {activity, probe} = watchActivity(look);
  const timeline = watched(point, [probe], look.every);
  return timeline && {timeline, activity: activity()};
}

function watched(point: Point, probes: readonly Probe[], every: number): Timeline | undefined {
  const job = jobFor(point);
  const ctas = ctasOf(job.trace);
  const {times, probe} = watchTimes(ctas);
  const {loads, probe: meter} = watchLoads(every);
  const {digest, cycles, clock_mhz, ledger_by_sm, kernel} = simulateJob(point, job, [probe, meter, ...probes]);
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
    loads: {every, ...loads},
  };
}
