import {existsSync, mkdirSync, statSync} from 'node:fs';
import {dirname, resolve} from 'node:path';

/**
 * Makes a directory and those above it. Throws what the system says. Not mkdir's `recursive`, which never returns where a
 * system refuses a name it says is free, as in /proc.
 */
export function makeDirectory(directory: string): void {
  if (statSync(directory, {throwIfNoEntry: false})?.isDirectory()) return;
  const above = dirname(resolve(directory));
  if (!existsSync(above)) makeDirectory(above);
  try {
    mkdirSync(directory);
  } catch (error) {
    // Another process was quicker.
    if (!statSync(directory, {throwIfNoEntry: false})?.isDirectory()) throw error;
  }
}
