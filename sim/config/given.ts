import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {readExperiment, type Experiment} from '../experiment.ts';
import {BadInput} from './problem.ts';

/** For tests: what an experiment needs at least. A key in `changes` replaces its line; an empty one takes it away. */
export function experiment(changes: {readonly [key: string]: string} = {}): string {
  const lines = {
    name: 'small',
    gpu: 'a100-pcie-80gb',
    workload: '[{name: ffn, m: 256, n: 256, k: 256}]',
    dtype: 'fp16',
    patterns: '[{type: dense}]',
    ...changes,
  };
  return Object.entries(lines)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');
}

type Contents = string | Uint8Array | null;

/** For tests: runs something in a folder that holds these files (null: a folder), and takes the folder away. */
export function inFolder<T>(files: {readonly [path: string]: Contents}, run: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'tvwsim-'));
  try {
    for (const [path, contents] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), {recursive: true});
      if (contents === null) mkdirSync(join(folder, path));
      else writeFileSync(join(folder, path), contents);
    }
    return run(folder);
  } finally {
    rmSync(folder, {recursive: true});
  }
}

type Options = Parameters<typeof readExperiment>[1];

/** For tests: the experiment e.yaml of these files. */
export function read(files: {readonly [path: string]: Contents}, options?: Options): Experiment {
  return inFolder(files, (folder) => readExperiment(join(folder, 'e.yaml'), options));
}

/** For tests: the lines printed for the experiment e.yaml of these files; none when there is nothing wrong. */
export function complaints(files: {readonly [path: string]: Contents}, options?: Options): readonly string[] {
  return inFolder(files, (folder) => {
    try {
      readExperiment(join(folder, 'e.yaml'), options);
      return [];
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      return error.message.replaceAll(`${folder}/`, '').split('\n');
    }
  });
}
