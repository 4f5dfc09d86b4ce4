import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {availableParallelism, cpus, tmpdir, totalmem} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {packageRoot} from '../config/source.ts';
import type {Climb} from './climb.ts';
import {holdsPerSecond} from './holds.ts';
import {ladder} from './ladder.ts';

/**
 * How fast the simulator is on this machine: `npm run bench`, `npm run bench -- --full` for the largest as well, `--json` for
 * machines to read. Every rung is a process of its own, for in one process the first point is slower: nothing is compiled yet.
 */
const repeats = 5;
const full = process.argv.includes('--full');

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

function run(args: readonly string[], input = ''): string {
  const {status, stdout, stderr} = spawnSync(process.execPath, args, {input, encoding: 'utf8'});
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/** From the command to the shell's next prompt, for a GEMM that takes no time: starting, reading, writing and ending. */
function startUp(folder: string): number {
  const file = join(folder, 'smallest.yaml');
  writeFileSync(file, ladder('detailed', false)[0]!.yaml.replaceAll('256', '64'));
  return median(
    Array.from({length: repeats}, () => {
      const begun = process.hrtime.bigint();
      run([join(packageRoot, 'dist/bundle/sim/cli/main.js'), 'run', file, '--out', join(folder, 'out')]);
      return Number(process.hrtime.bigint() - begun) / 1e9;
    }),
  );
}

interface Row extends Climb {
  readonly name: string;
  readonly first_s: number;
  /** Median of the points after the first, and the least and the most of them; the first if there is no other. */
  readonly later_s: number;
  readonly spread_s: readonly [number, number];
}

function rowOf(folder: string, {name, yaml}: {readonly name: string; readonly yaml: string}): Row {
  const climb = JSON.parse(run([here('./climb.js'), folder], yaml)) as Climb;
  const [first, ...others] = climb.wall_s as [number, ...number[]];
  const later = others.length > 0 ? others : [first];
  return {name, ...climb, first_s: first, later_s: median(later), spread_s: [Math.min(...later), Math.max(...later)]};
}

const machine = {
  processor: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  memory_gib: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
};
const json = process.argv.includes('--json');
const say = (text: string): void => {
  if (!json) console.log(text);
};
const seconds = (s: number): string => (s < 10 ? s.toFixed(3) : s.toFixed(1));
const millions = (n: number): string => (n / 1e6).toFixed(n < 1e7 ? 2 : 1);

const folder = mkdtempSync(join(tmpdir(), 'tvwsim-bench-'));
try {
  say(`${machine.processor}, ${machine.cores} cores, ${machine.memory_gib} GiB, Node ${machine.node}, ${machine.platform}\n`);
  say(`${''.padEnd(52)}first s  later s  (least–most)       Mevents  Mevents/s  Minstr/s   MiB`);
  const rows = ['detailed', 'sampled'].flatMap((fidelity) =>
    ladder(fidelity, full).map((rung) => {
      const row = rowOf(folder, rung);
      const rate = (count: number): string => millions(count / row.later_s);
      say(
        [
          row.name.padEnd(50),
          seconds(row.first_s).padStart(9),
          seconds(row.later_s).padStart(8),
          ` (${row.spread_s.map(seconds).join('–')})`.padEnd(18),
          millions(row.events).padStart(8),
          rate(row.events).padStart(10),
          rate(row.instructions).padStart(9),
          row.peak_rss_mb.toFixed(0).padStart(6),
        ].join(' '),
      );
      return row;
    }),
  );
  const holds = {holds_1k: holdsPerSecond(1 << 10, repeats), holds_64k: holdsPerSecond(1 << 16, repeats)};
  const start = startUp(folder);
  say(`\nengine: ${millions(holds.holds_1k)} M holds a second with 1 k pending, ${millions(holds.holds_64k)} M with 64 k`);
  say(`command to prompt, a GEMM of nothing: ${seconds(start)} s`);
  if (json) console.log(JSON.stringify({machine, rows, ...holds, start_s: start}));
} finally {
  rmSync(folder, {recursive: true});
}
