import {pointDigest, type Point} from '../point.ts';
import type {Timeline} from '../stats/timeline.ts';
import type {Waterfall} from '../stats/waterfall.ts';
import {timelineOf} from '../timeline.ts';
import {denseOf, denseSide, waterfallOf, type DenseSide} from './waterfall.ts';

/** What a worker thread is handed. */
export interface Task {
  readonly point: Point;
  readonly wanted: 'waterfall' | 'timeline';
}

/** Points of one experiment mostly share their dense kernel: the last is kept. */
let kept: {readonly digest: string; readonly side: DenseSide} | undefined;

/** Explains one point in a worker thread. */
export default function work({point, wanted}: Task): Waterfall | Timeline | undefined {
  if (wanted === 'timeline') return timelineOf(point);
  const dense = denseOf(point);
  const digest = pointDigest(dense);
  if (kept?.digest !== digest) kept = {digest, side: denseSide(dense)};
  return waterfallOf(point, kept.side);
}
