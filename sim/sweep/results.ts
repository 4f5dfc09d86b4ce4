import {statSync} from 'node:fs';
import {makeDirectory} from '../config/directory.ts';
import {BadInput, fileProblem} from '../config/problem.ts';
import {Store} from './store.ts';
import {simulatorVersion} from './version.ts';

/**
 * The store of a results directory, which is made if need be. Beside points/ it holds results.jsonl, a line a point in the
 * order of the experiment, and run.json, how they came to be. Throws BadInput where it cannot be written, before any time is
 * spent on results.
 */
export function openStore(directory: string, version = simulatorVersion()): Store {
  const store = new Store(directory, version);
  try {
    makeDirectory(directory);
    for (const target of [store.results, store.account])
      if (statSync(target, {throwIfNoEntry: false})?.isDirectory())
        throw new BadInput([fileProblem(target, 'is a directory; results cannot be written there')]);
    store.sweepUp();
    store.tryOut();
  } catch (error) {
    if (error instanceof BadInput || !(error instanceof Error)) throw error;
    const code = 'code' in error ? String(error.code) : '';
    throw new BadInput([fileProblem(directory, refusals[code] ?? `cannot be a results directory: ${error.message}`)]);
  }
  return store;
}

const refusals: {readonly [code: string]: string} = {
  ENOENT: 'cannot be made there; expected a directory for the results, or a name that is free',
  EEXIST: 'is a file, expected a directory for the results, or a name that is free',
  ENOTDIR: 'lies below a file; expected a directory for the results',
  EACCES: 'may not be written (permission denied); results need another --out',
  EPERM: 'may not be written (not permitted); results need another --out',
  EROFS: 'may not be written (a read-only file system); results need another --out',
  ENOSPC: 'has no room left on its disk; results need another --out',
  ENAMETOOLONG: 'is too long a name for a directory',
};
