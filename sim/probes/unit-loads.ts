import type {Busy, Probe} from '../gpu/probe.ts';

/** Share of each interval that the units of a kind were busy, 0…1. */
export interface UnitLoads {
  readonly tensor: number[];
  readonly shared: number[];
  readonly crossbar: number[];
  readonly l2: number[];
  readonly dram: number[];
}

const kinds = ['tensor', 'shared', 'crossbar', 'l2', 'dram'] as const;

/** Writes down how busy the units are, interval by interval. Played again, at another clock, the lists begin anew. */
export function watchLoads(every: number): {readonly loads: UnitLoads; readonly probe: Probe} {
  const loads: UnitLoads = {tensor: [], shared: [], crossbar: [], l2: [], dram: []};
  let told: Busy = {tensor: 0, shared: 0, crossbar: 0, l2: 0, dram: 0};
  const read = (time: number, busy: Busy): void => {
    if (time === every) {
      for (const kind of kinds) loads[kind].length = 0;
      told = {tensor: 0, shared: 0, crossbar: 0, l2: 0, dram: 0};
    }
    // What has been reserved ahead of time counts when its time has come.
    const shares = kinds.map((kind) => Math.min(every, busy[kind] - told[kind]));
    kinds.forEach((kind, i) => loads[kind].push(shares[i]! / every));
    told = Object.fromEntries(kinds.map((kind, i) => [kind, told[kind] + shares[i]!])) as unknown as Busy;
  };
  return {loads, probe: {meter: {every, read}}};
}
