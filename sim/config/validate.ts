import type * as z from 'zod';
import type {Schema} from './parameter.ts';
import {didYouMean, nearest} from './nearest.ts';
import {problemAt, type Path, type Problem} from './problem.ts';
import {at, entry, oneLine, placeOf, plain, type Written} from './written.ts';

type Issue = z.core.$ZodIssue;

/**
 * Reads a document by a schema made of parameters. `path` is where the document stands in the file, for the messages; of a
 * `partial` document it is not reported what is missing.
 */
export function validate<T>(schema: Schema<T>, written: Written, path: Path, problems: Problem[], {partial = false} = {}): T | undefined {
  const read = schema().safeParse(plain(written));
  if (read.success) return read.data;
  const slips = new Set(read.error.issues.flatMap((issue) => meant(issue)));
  // Who wrote `capcity` is told so once, and not a second time that `capacity` is missing.
  const told = read.error.issues.filter((issue) => at(written, inside(issue)) || !(partial || slips.has(inside(issue).join('.'))));
  problems.push(...told.flatMap((issue) => explain(issue, written, path)));
  return undefined;
}

/** 40 as `40`, a text in quotes, and what has parts by its kind. */
export function seen(written: Written): string {
  if (written.kind !== 'scalar') return written.kind === 'list' ? `the list ${shortened(oneLine(written))}` : `a mapping`;
  if (written.value === null) return 'nothing';
  return typeof written.value === 'string' ? `"${shortened(written.value)}"` : String(written.value);
}

function explain(issue: Issue, written: Written, path: Path): Problem[] {
  const where = inside(issue);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const place = entry(at(written, where), key)?.key ?? placeOf(written, where);
      return problemAt(place, [...path, ...where, key], `no such parameter${didYouMean(key, known(issue))}`);
    });
  }
  const found = at(written, where);
  const message = found ? `got ${seen(found)}, expected ${issue.message}${slip(issue, found)}` : `missing; expected ${issue.message}`;
  return [problemAt(placeOf(written, where), [...path, ...where], message)];
}

function slip(issue: Issue, found: Written): string {
  if (issue.code !== 'invalid_value' || issue.values.length < 2 || found.kind !== 'scalar') return '';
  const name = nearest(String(found.value), issue.values.map(String));
  return name === undefined ? '' : `; did you mean "${name}"?`;
}

/** The keys that unknown ones were probably meant to be. */
function meant(issue: Issue): string[] {
  if (issue.code !== 'unrecognized_keys') return [];
  return issue.keys.map((key) => [...inside(issue), nearest(key, known(issue))].join('.'));
}

function known(issue: Issue): string[] {
  return issue.message.split(', ');
}

function inside(issue: Issue): (string | number)[] {
  return issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
