import {createReadStream, existsSync} from 'node:fs';
import {join} from 'node:path';
import {BadInput, fileProblem} from '../config/problem.ts';
import {entriesIn} from '../sweep/entries.ts';

/** Of a directory, the lines of results.jsonl; where a run has not come to its end, what there is in points/. */
export async function* resultLines(directory: string): AsyncGenerator<string> {
  if (!existsSync(directory)) throw new BadInput([fileProblem(directory, 'no such directory')]);
  const file = join(directory, 'results.jsonl');
  if (!existsSync(file)) return yield* entriesIn(directory);
  let rest = '';
  // readline would also break at U+2028, which JSON allows within a text.
  for await (const chunk of createReadStream(file, 'utf8')) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
}
