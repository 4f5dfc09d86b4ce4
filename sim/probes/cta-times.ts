import type {CtaMoments} from '../gpu/cta-scheduler.ts';

/** When CTAs started and ended, in the order in which they started. */
export interface CtaTimes {
  readonly cta: number[];
  readonly sm: number[];
  readonly slot: number[];
  readonly start: number[];
  readonly end: number[];
}

/** Writes down when the CTAs of a trace run, so many in all. Played again, at another clock, they begin the list anew. */
export function watchTimes(ctas: number): {readonly times: CtaTimes; readonly probe: CtaMoments} {
  const times: CtaTimes = {cta: [], sm: [], slot: [], start: [], end: []};
  const running = new Map<string, number>();
  return {
    times,
    probe: {
      started: (cta, sm, slot, time) => {
        if (times.cta.length === ctas) for (const list of Object.values(times) as number[][]) list.length = 0;
        running.set(`${sm} ${slot}`, times.cta.length);
        times.cta.push(cta);
        times.sm.push(sm);
        times.slot.push(slot);
        times.start.push(time);
        times.end.push(time);
      },
      ended: (_, sm, slot, time) => {
        times.end[running.get(`${sm} ${slot}`)!] = time;
      },
    },
  };
}
