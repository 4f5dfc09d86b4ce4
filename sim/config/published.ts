import {choice, number, table, text, type Values} from './parameter.ts';
import {problemAt, type Problem} from './problem.ts';
import {at, entry, type Mapping} from './written.ts';
import {patterns} from '../pattern/index.ts';
import type {Point} from '../point.ts';

const kind = (doc: string) => choice(Object.keys(patterns), doc);

/** What a paper reports of whole networks, to stand beside what was simulated. Nothing is decided by it. */
export const publishedParameters = {
  source: text('where it is published'),
  speedups: table(
    {
      pattern: kind('the type of a pattern'),
      over: kind('the type of the one it is compared with'),
      times: number('how many times as fast, averaged over networks', {min: 1e-9}),
    },
    'speed-ups averaged over networks',
  ),
  differs: text('how ours was taken differently, or may have been', {default: ''}),
};

export type Published = Values<typeof publishedParameters>;

/** Reports every pattern of which something is published and that no point has. */
export function refusePublished(points: readonly Point[], published: Published | undefined, top: Mapping, problems: Problem[]): void {
  const known = new Set(points.map(({pattern}) => pattern.type));
  const block = entry(top, 'published')?.value;
  for (const [i, speedup] of published?.speedups.entries() ?? [])
    for (const key of ['pattern', 'over'] as const)
      if (!known.has(speedup[key]))
        problems.push(
          problemAt(at(block, ['speedups', i, key])?.at ?? top.at, ['published', 'speedups', i, key], `no pattern here is of type "${speedup[key]}"`),
        );
}
