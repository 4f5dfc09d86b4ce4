import {existsSync, readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {decodeAny} from './entry.ts';

/** Every result of a directory's store that is whole, of whatever version of the simulator, as lines of results.jsonl. */
export function* entriesIn(directory: string): Generator<string> {
  const points = join(directory, 'points');
  const folders = existsSync(points) ? readdirSync(points).filter((name) => /^[0-9a-f]{2}$/.test(name)) : [];
  for (const folder of folders.sort()) {
    for (const file of readdirSync(join(points, folder)).sort()) {
      const line = file.endsWith('.json') ? decodeAny(readFileSync(join(points, folder, file), 'utf8')) : undefined;
      if (line !== undefined) yield line;
    }
  }
}
