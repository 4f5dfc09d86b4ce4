import {spawnSync} from 'node:child_process';
import {copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {Result} from '../sim/stats/result.ts';
import {folder, sources} from './gallery.ts';

/** `npm run gallery:simulate [DIRECTORY…]`: simulates what the gallery is drawn of, all or some of it, with the tvwsim that lies beside. */
const main = fileURLToPath(new URL('../sim/cli/main.js', import.meta.url));
const asked = process.argv.slice(2);
for (const {directory, experiment, also, timesOnly = false} of sources.filter((s) => asked.length === 0 || asked.includes(s.directory))) {
  const out = mkdtempSync(join(tmpdir(), 'tvwsim-gallery-'));
  const {status} = spawnSync(process.execPath, [main, 'run', join(folder, experiment), '--out', out, ...also.map((what) => `--${what}`)], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
  mkdirSync(join(folder, directory), {recursive: true});
  const lines = readFileSync(join(out, 'results.jsonl'), 'utf8');
  writeFileSync(join(folder, directory, 'results.jsonl'), timesOnly ? withoutMetrics(lines) : lines);
  for (const what of also) copyFileSync(join(out, `${what}.jsonl`), join(folder, directory, `${what}.jsonl`));
  rmSync(out, {recursive: true});
}

function withoutMetrics(lines: string): string {
  const results = lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Result);
  const bare = {metrics: {}, ledger: {}, ledger_by_sm: {reasons: [], rows: []}, tiles: []};
  return results.map((result) => `${JSON.stringify({...result, ...bare})}\n`).join('');
}
