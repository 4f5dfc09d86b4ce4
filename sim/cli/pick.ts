import {BadReport, pointsOf, readRun, type RunRecord} from '../../reports/read.ts';
import {nameInFull, type Point} from '../../reports/study.ts';
import {didYouMean} from '../config/nearest.ts';

export interface Picked {
  readonly directory: string;
  readonly record: RunRecord | undefined;
  readonly points: readonly Point[];
  /** One point was asked for. */
  readonly isOne: boolean;
}

/** Results as named on the command line: a directory, or one point of it as DIR#POINT, by its pattern's name or its digest's beginning. */
export async function picked(named: string): Promise<Picked> {
  const at = named.lastIndexOf('#');
  const [directory, name] = at < 0 ? [named, undefined] : [named.slice(0, at), named.slice(at + 1)];
  const run = await readRun(directory);
  const {record} = run;
  const points = pointsOf([run]);
  if (name === undefined) return {directory, record, points, isOne: false};
  const found = points.filter(
    (p) => nameInFull(p) === name || p.name === name || (/^[0-9a-f]{6,64}$/.test(name) && p.result.digest.startsWith(name)),
  );
  if (found.length === 1) return {directory, record, points: found, isOne: true};
  if (found.length > 1)
    throw new BadReport(`${named}: ${found.length} points are called that; name one of ${found.map((p) => `"${nameInFull(p)}"`).join(', ')}`);
  const names = points.map(nameInFull);
  throw new BadReport(`${named}: no point is called "${name}"${didYouMean(name, names)}`);
}
