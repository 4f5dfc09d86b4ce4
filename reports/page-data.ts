import {metrics as catalogue} from '../sim/stats/metrics.ts';
import {boundBy, largestLoss} from './bound.ts';
import {parametersOf} from './compare.ts';
import {micros, percent, plain, times} from './format.ts';
import {ordered, reasonOf} from './reasons.ts';
import type {Point} from './study.ts';

const known: {readonly [name: string]: {readonly unit: string; readonly doc: string} | undefined} = catalogue;

/** What the page's script knows of the points, as JSON that may stand in a page: reasons and metrics named once, numbers by position. */
export function pageData(points: readonly Point[]): string {
  const reasons = ordered(points.flatMap(({result}) => Object.keys(result.ledger)));
  const metrics = [...new Set(points.flatMap(({result}) => Object.keys(result.metrics)))].toSorted();
  const data = {
    reasons: reasons.map((name) => ({name: plain(name), fill: reasonOf(name).paint.fill, meaning: reasonOf(name).meaning})),
    metrics: metrics.map((name) => ({name: plain(name), unit: known[name]?.unit ?? '', meaning: known[name]?.doc ?? ''})),
    points: points.map((point) => {
      const {result, name, group} = point;
      return {
        name,
        group: group.label,
        shape: `${plain(result.workload)} ${result.m}×${result.n}×${result.k}`,
        time_us: result.time_us,
        cycles: result.cycles,
        sentence: sentence(point),
        ledger: reasons.map((reason) => result.ledger[reason] ?? 0),
        metrics: metrics.map((metric) => result.metrics[metric] ?? null),
        parameters: Object.fromEntries(parametersOf(result)),
      };
    }),
  };
  // A '<' could end the element that holds it.
  return plain(JSON.stringify(data)).replaceAll('<', '\\u003c');
}

/** TVW 75 %: 136 µs, 2.00× dense; it is bound by shared memory, … */
export function sentence({result, name, dense, speedup}: Point): string {
  const ratio = speedup === undefined || dense === result ? '' : `, ${times(speedup)} dense`;
  const bound = boundBy(result);
  const loss = largestLoss(result);
  return [
    `${name}: ${micros(result.time_us)}${ratio}${bound === '' ? '' : `; ${bound}`}.`,
    loss ? `The largest loss is ${plain(loss.reason)}, ${percent(loss.share)} of the SM cycles: ${loss.meaning}.` : '',
  ]
    .join(' ')
    .trim();
}
