import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {availableParallelism, cpus, tmpdir, totalmem} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {Engine} from './engine/engine.ts';
import {readExperiment} from './experiment.ts';
import type {Point} from './point.ts';
import {simulate} from './simulate.ts';

/** How fast the simulator is on this machine: `npm run bench`, or `node dist/sim/bench.js --json`. Medians of five. */
const repeats = 5;

interface Measure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** The GEMM by which cycle-stepped simulators are compared (design.md §8). */
const experiment = `name: bench
gpu: a100-pcie-80gb
workload: [{name: cube, m: 1024, n: 1024, k: 1024}]
dtype: fp16
patterns: [{type: dense}]
kernel: {tile: [128, 128, 32], warps: [2, 2], stages: 4}
`;

const smallest = experiment.replaceAll('1024', '64');

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

const seconds = (from: bigint): number => Number(process.hrtime.bigint() - from) / 1e9;

/** Classic hold model: every event schedules one more, so that as many are pending all the time. */
function holdsPerSecond(pending: number): number {
  const engine = new Engine();
  const holds = 3e6;
  let left = holds;
  let random = 1;
  const again = engine.kind((argument) => {
    if (left-- <= 0) return;
    random = (Math.imul(random, 1103515245) + 12345) & 0x7fffffff;
    engine.at(engine.now + 1 + ((random >> 8) & 1023), again, argument);
  });
  for (let i = 0; i < pending; i++) engine.at(i & 1023, again, i);
  const begun = process.hrtime.bigint();
  engine.run();
  return holds / seconds(begun);
}

/** In a process of its own the first point is slower: nothing is compiled yet. */
function pointsOf(point: Point): readonly Measure[] {
  const runs = Array.from({length: repeats + 1}, () => {
    const begun = process.hrtime.bigint();
    const {host, metrics} = simulate(point);
    return {wall: seconds(begun), simulated: host.wall_s, events: host.events, instructions: metrics['sm__inst_executed.sum']!};
  });
  const later = runs.slice(1);
  return [
    {name: 'dense 1024³, first point', value: runs[0]!.wall, unit: 's'},
    {name: 'dense 1024³, later points', value: median(later.map(({wall}) => wall)), unit: 's'},
    {name: 'events', value: runs[0]!.events, unit: ''},
    {name: 'events a second', value: median(later.map(({events, simulated}) => events / simulated)), unit: '1/s'},
    {name: 'warp instructions a second', value: median(later.map(({instructions, simulated}) => instructions / simulated)), unit: '1/s'},
    {name: 'peak memory', value: process.resourceUsage().maxRSS * 1024, unit: 'B'},
  ];
}

/** From the command to the shell's next prompt, for a GEMM that takes no time: starting, reading, writing and ending. */
function startUp(folder: string): number {
  const main = fileURLToPath(new URL('./cli/main.js', import.meta.url));
  const file = join(folder, 'smallest.yaml');
  writeFileSync(file, smallest);
  return median(
    Array.from({length: repeats}, () => {
      const begun = process.hrtime.bigint();
      const {status, stderr} = spawnSync(process.execPath, [main, 'run', file, '--out', join(folder, 'out')], {encoding: 'utf8'});
      if (status !== 0) throw new Error(stderr);
      return seconds(begun);
    }),
  );
}

function measures(): readonly Measure[] {
  const folder = mkdtempSync(join(tmpdir(), 'tvwsim-bench-'));
  try {
    const file = join(folder, 'bench.yaml');
    writeFileSync(file, experiment);
    const hold = (pending: number) => median(Array.from({length: repeats}, () => holdsPerSecond(pending)));
    // The points first: the engine benchmark would leave its code compiled.
    return [
      ...pointsOf(readExperiment(file).points[0]!),
      {name: 'engine holds a second, 1 k pending', value: hold(1 << 10), unit: '1/s'},
      {name: 'engine holds a second, 64 k pending', value: hold(1 << 16), unit: '1/s'},
      {name: 'command to prompt, a GEMM of nothing', value: startUp(folder), unit: 's'},
    ];
  } finally {
    rmSync(folder, {recursive: true});
  }
}

const prefixes: readonly (readonly [number, string])[] = [[1e9, 'G'], [1e6, 'M'], [1e3, 'k'], [1, '']]; // prettier-ignore

function shown({value, unit}: Measure): string {
  const [scale, prefix] = unit === 's' ? [1, ''] : prefixes.find(([by]) => value >= by)!;
  return `${(value / scale).toPrecision(3)} ${prefix}${unit}`.replace(/ ([kMG])1\/s$/, ' $1/s').trim();
}

const machine = {
  processor: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  memory_gib: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
};
const found = measures();
if (process.argv.includes('--json')) console.log(JSON.stringify({machine, measures: found}));
else {
  const width = Math.max(...found.map(({name}) => name.length));
  console.log(
    `${machine.processor}, ${machine.cores} cores, ${machine.memory_gib} GiB, Node ${machine.node}, ${machine.platform}; medians of ${repeats}\n`,
  );
  for (const measure of found) console.log(`  ${measure.name.padEnd(width)}  ${shown(measure).padStart(10)}`);
}
