import type {Result} from '../sim/stats/result.ts';
import {percent} from './format.ts';
import {ordered, reasonOf, useful} from './reasons.ts';

/** Units whose throughput a result carries, from the SM outwards, as one speaks of them. */
export const units = [
  {name: 'the tensor cores', metric: 'sm__throughput.avg.pct_of_peak_sustained_elapsed'},
  {name: 'shared memory', metric: 'l1tex__throughput.avg.pct_of_peak_sustained_elapsed'},
  {name: 'L2', metric: 'lts__throughput.avg.pct_of_peak_sustained_elapsed'},
  {name: 'DRAM', metric: 'dram__throughput.avg.pct_of_peak_sustained_elapsed'},
] as const;

/** A unit this near its peak leaves little to gain elsewhere: Nsight Compute's rule calls 60 % and more bound. */
const near = 0.6;

/** What keeps a result from being faster, as a clause: 'it is bound by shared memory, at 77 % of its peak'. Empty without such metrics. */
export function boundBy({metrics}: Result): string {
  const known = units.filter(({metric}) => metric in metrics).map(({name, metric}) => ({name, share: metrics[metric]! / 100}));
  if (known.length === 0) return '';
  const {name, share} = known.reduce((a, b) => (b.share > a.share ? b : a));
  if (share >= near) return `it is bound by ${name}, at ${percent(share)} of the peak`;
  return `no unit is near its peak (${name} comes nearest, at ${percent(share)}): latency, waiting and the tail bind it`;
}

/** The largest part of the cycles in which no useful work was done; undefined where there is none. */
export function largestLoss({ledger, cycles}: Result): {readonly reason: string; readonly share: number; readonly meaning: string} | undefined {
  const lost = ordered(Object.keys(ledger)).filter((name) => !useful.includes(name) && ledger[name]! > 0);
  if (lost.length === 0) return undefined;
  const reason = lost.reduce((a, b) => (ledger[b]! > ledger[a]! ? b : a));
  return {reason, share: ledger[reason]! / cycles, meaning: reasonOf(reason).meaning};
}
