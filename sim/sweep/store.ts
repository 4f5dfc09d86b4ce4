import {closeSync, openSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {makeDirectory} from '../config/directory.ts';
import {BadInput, fileProblem} from '../config/problem.ts';
import type {Result} from '../stats/result.ts';

/** A results directory being written: results.jsonl, a line a point, and run.json, how they came to be. */
export interface Store {
  readonly directory: string;
  /** Puts a finished point where no crash takes it away: at the end of results.partial.jsonl. */
  readonly add: (result: Result) => void;
  /** Writes results.jsonl and run.json, whole or not at all, in place of what was there. */
  readonly finish: (results: readonly Result[], record: object) => void;
  /** Ends without results; those of an earlier run stay. */
  readonly abandon: () => void;
}

/** Makes the directory if need be. Throws BadInput where it cannot be written, before any time is spent on results. */
export function openStore(directory: string): Store {
  const [results, record, partial] = ['results.jsonl', 'run.json', 'results.partial.jsonl'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  const file = attempt(directory, () => {
    makeDirectory(directory);
    for (const target of [results, record])
      if (statSync(target, {throwIfNoEntry: false})?.isDirectory())
        throw new BadInput([fileProblem(target, 'is a directory; results cannot be written there')]);
    return openSync(partial, 'w');
  });
  const end = () => {
    closeSync(file);
    rmSync(partial);
  };
  return {
    directory,
    add: (result) => writeFileSync(file, lineOf(result)),
    finish: (all, account) => {
      replace(results, all.map(lineOf));
      replace(record, [`${JSON.stringify(account, null, 2)}\n`]);
      end();
    },
    abandon: end,
  };
}

const lineOf = (result: Result): string => `${JSON.stringify(result)}\n`;

/** Piece by piece: all together may not fit a string. */
function replace(file: string, pieces: readonly string[]): void {
  const unfinished = `${file}.tmp`;
  const descriptor = openSync(unfinished, 'w');
  for (const piece of pieces) writeFileSync(descriptor, piece);
  closeSync(descriptor);
  renameSync(unfinished, file);
}

function attempt<T>(directory: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof BadInput || !(error instanceof Error)) throw error;
    const code = 'code' in error ? String(error.code) : '';
    throw new BadInput([fileProblem(directory, refusals[code] ?? `cannot be a results directory: ${error.message}`)]);
  }
}

const refusals: {readonly [code: string]: string} = {
  ENOENT: 'cannot be made there; expected a directory for the results, or a name that is free',
  EEXIST: 'is a file, expected a directory for the results, or a name that is free',
  ENOTDIR: 'lies below a file; expected a directory for the results',
  EACCES: 'may not be written (permission denied); results need another --out',
  EPERM: 'may not be written (not permitted); results need another --out',
  EROFS: 'may not be written (a read-only file system); results need another --out',
  ENAMETOOLONG: 'is too long a name for a directory',
};
