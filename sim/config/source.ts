import {readFileSync, readdirSync, existsSync} from 'node:fs';
import {basename, dirname, isAbsolute, join, relative, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {nearest} from './nearest.ts';

const here = dirname(fileURLToPath(import.meta.url));

/** The folder that holds package.json, configs/ and experiments/, from the sources as from dist. */
export const packageRoot = above(here, 'package.json');

/** The built file that a process or a thread starts from, by its path in the sources without `.ts`, in the build that this is part of. */
export function startFile(path: string): string {
  return join(above(here, 'sim/cli/main.js'), `${path}.js`);
}

/** The text of a file, or why it cannot be read as text. */
export function readText(file: string): {readonly text: string} | {readonly failure: string} {
  const read = readBytes(file);
  if ('failure' in read) return read;
  const {bytes} = read;
  if (bytes.includes(0)) return {failure: 'is a binary file, expected text'};
  try {
    return {text: new TextDecoder('utf-8', {fatal: true}).decode(bytes)};
  } catch {
    return {failure: 'is a binary file, or text in another encoding; expected UTF-8'};
  }
}

/** What is in a file, or why it cannot be read. */
export function readBytes(file: string): {readonly bytes: Buffer} | {readonly failure: string} {
  try {
    return {bytes: readFileSync(file)};
  } catch (error) {
    return {failure: reasons[(error as NodeJS.ErrnoException).code ?? '']?.(file) ?? `cannot be read: ${(error as Error).message}`};
  }
}

/** A path as a user reads it: relative where that leads downwards. */
export function shown(file: string): string {
  const path = relative('.', file);
  return path.startsWith('..') || isAbsolute(path) ? resolve(file) : path;
}

const reasons: {readonly [code: string]: (file: string) => string} = {
  ENOENT: (file) => `does not exist${sibling(file)}`,
  ENOTDIR: () => 'does not exist',
  EISDIR: () => 'is a directory, expected a file',
  EACCES: () => 'may not be read (permission denied)',
};

function sibling(file: string): string {
  const folder = dirname(file);
  const name = existsSync(folder) ? nearest(basename(file), readdirSync(folder)) : undefined;
  return name === undefined ? '' : `; did you mean "${shown(join(folder, name))}"?`;
}

/** The nearest folder upwards that holds a file. */
function above(folder: string, file: string): string {
  return existsSync(join(folder, file)) ? folder : above(dirname(folder), file);
}
