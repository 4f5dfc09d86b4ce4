import {BadInput, fileProblem} from '../config/problem.ts';
import type {Options} from '../experiment.ts';
import {quoted} from './shell.ts';

/** What says which points a sweep has, and where their results go. */
export interface SpaceOptions {
  readonly axis: readonly string[];
  readonly set: readonly string[];
  readonly where: readonly string[];
  readonly zip?: boolean;
  readonly random?: number;
  readonly latin?: number;
  readonly yes?: boolean;
  readonly out?: string;
  readonly workers?: number;
  readonly timeout?: number;
  readonly memory?: number;
}

/** As readExperiment takes them. Throws BadInput where they contradict each other. */
export function readingOf({axis, set, where, yes, ...options}: SpaceOptions): Options {
  return {axes: axis, set, where, form: formOf(options), most: yes ? Infinity : undefined};
}

function formOf({zip, random, latin}: Pick<SpaceOptions, 'zip' | 'random' | 'latin'>): Options['form'] {
  const forms = [
    ...(zip ? [{name: 'zip' as const}] : []),
    ...(random === undefined ? [] : [{name: 'random' as const, count: random}]),
    ...(latin === undefined ? [] : [{name: 'latin' as const, count: latin}]),
  ];
  if (forms.length < 2) return forms[0];
  throw new BadInput([fileProblem(forms.map(({name}) => `--${name}`).join(' '), 'axes are taken together in one way; give one of them')]);
}

/** The same as words of a shell, but for the workers, whom a task is told by its site. */
export function wordsOf({axis, set, where, zip, random, latin, yes, timeout, memory}: SpaceOptions): string {
  const each = (name: string, values: readonly string[]) => values.flatMap((value) => [name, quoted(value)]);
  const one = (name: string, value: number | undefined) => (value === undefined ? [] : [name, String(value)]);
  return [
    ...each('--axis', axis),
    ...each('--set', set),
    ...each('--where', where),
    ...(zip ? ['--zip'] : []),
    ...one('--random', random),
    ...one('--latin', latin),
    ...(yes ? ['--yes'] : []),
    ...(timeout === undefined ? [] : ['--timeout', `${timeout}s`]),
    ...one('--memory', memory),
  ].join(' ');
}
