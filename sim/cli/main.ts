#!/usr/bin/env node
import {Command, CommanderError, InvalidArgumentError, Option} from 'commander';
import {badInputErrors, exitCodes} from './exit.ts';
import type {DiffOptions} from './diff.ts';
import type {ExportOptions} from './export.ts';
import type {ParetoOptions} from './pareto.ts';
import type {ReportOptions} from './report.ts';
import type {RunOptions} from './run.ts';
import type {SearchOptions} from './search.ts';
import type {SensitivityOptions} from './sensitivity.ts';
import type {ShardOptions} from './run-shard.ts';
import type {SweepOptions} from './sweep.ts';
import type {TimelineOptions} from './timeline.ts';
import type {ShowOptions} from './trace-show.ts';

const program = new Command('tvwsim')
  .description('Simulates sparse GEMMs on GPUs: how long they take, and where every cycle went.')
  .showHelpAfterError('(tvwsim --help lists the verbs)')
  .exitOverride();

// A verb's file is loaded when the verb is called: --help and a mistyped verb answer at once.
program
  .command('run')
  .argument('<experiment...>', 'experiments: files, or names in experiments/')
  .option('--out <DIR>', 'where results go (default: reports/out/ and the experiment’s name)')
  .option('--set <PATH=VALUE>', 'in place of what the file says: seed=2, gpu.l2.capacity=20MiB; may be repeated', collect, [])
  .option('--workers <N>', 'points simulated at the same time (default: one a core)', several)
  .option('--budget <TIME>', 'chooses the fidelity of each point so that it takes no longer: 500ms, 10s, 2min', duration)
  .option('--timeout <TIME>', 'after which a point is ended, as failed: 30s, 10min', duration)
  .option('--memory <MIB>', 'of objects that a worker may hold (default: its share of the machine)', several)
  .option('--json', 'prints results as JSON lines, and nothing else on stdout')
  .option('--waterfall', 'also plays ablations: which effect makes a pattern faster or slower than dense, by how many cycles')
  .option('--timeline', 'also writes down when each CTA ran, and where')
  .description('simulates every point of an experiment, prints a table, writes results.jsonl; what is there already is not repeated')
  .action(async (files: string[], options: RunOptions) => finish(await (await import('./run.ts')).run(files, options)));

/** What says which points a sweep has, and where their results go. */
const sweeping = (command: Command): Command =>
  command
    .option('--axis <PATH=VALUES>', 'values of a parameter: seed=1,2 or gpu.l2.capacity="20..80 MiB step 20"; may be repeated', collect, [])
    .option('--zip', 'takes the first values of all axes together, then the second, …')
    .option('--random <N>', 'draws N points, each axis anywhere in its range', several)
    .option('--latin <N>', 'draws N points, a Latin hypercube', several)
    .option('--where <CONDITION>', 'keeps points that meet it: "gpu.l2.capacity >= 20 MiB"; may be repeated', collect, [])
    .option('--set <PATH=VALUE>', 'in place of what the file says; may be repeated', collect, [])
    .option('--yes', 'even if it makes more than 100,000 points')
    .option('--out <DIR>', 'where results go (default: reports/out/ and the experiment’s name)')
    .option('--workers <N>', 'points simulated at the same time (default: one a core)', several)
    .option('--timeout <TIME>', 'after which a point is ended, as failed: 30s, 10min', duration)
    .option('--memory <MIB>', 'of objects that a worker may hold (default: its share of the machine)', several);

sweeping(program.command('sweep').argument('<experiment>', 'an experiment: a file, or a name in experiments/'))
  .option('--dry-run', 'says how many points there are, and how long they may take; runs nothing')
  .option('--json', 'prints results as JSON lines, and nothing else on stdout')
  .addOption(new Option('--engine <WHERE>', 'threads of this machine, or job arrays of a cluster').choices(['local', 'slurm']).default('local'))
  .option('--site <FILE.yaml>', 'what the cluster wants: partition, account, time, memory, extra, …')
  .option('--detach', 'submits, and does not wait')
  .option('--status', 'says how far a submitted sweep is')
  .option('--cancel', 'ends the jobs of a submitted sweep; its results are kept')
  .description('the same over a grid, a list or a sample of any parameters; goes on where it was stopped')
  .action(async (file: string, options: SweepOptions) => finish(await (await import('./sweep.ts')).sweep(file, options)));

sweeping(
  program
    .command('run-shard')
    .argument('<experiment>', 'an experiment: a file, or a name in experiments/')
    .argument('<I/N>', 'which part of its points'),
)
  .option('--todo <FILE>', 'the points a submission is about')
  .description('one of N parts of a sweep, for any scheduler; sweep with the same options and --out puts them together')
  .action(async (file: string, shard: string, options: ShardOptions) =>
    finish(await (await import('./run-shard.ts')).runShard(file, shard, options)),
  );

sweeping(program.command('search').argument('<experiment>', 'an experiment whose sweep are the candidates'))
  .option('--minimize <METRIC>', 'what is to be small; max:METRIC: large', 'time_us')
  .option('--under <CONDITION>', 'that the result has to meet: "tvw.energy < 0.05"; may be repeated', collect, [])
  .option('--tries <N>', 'candidates simulated at the experiment’s fidelity', several, 20)
  .description('the best point of a sweep: all are bounded, and the most promising simulated')
  .action(async (file: string, options: SearchOptions) => finish(await (await import('./search.ts')).searchBest(file, options)));

program
  .command('pareto')
  .argument('<dir...>', 'results directories')
  .option('--by <METRICS>', 'what is to be small, separated by commas; max:METRIC: large', 'time_us,tvw.energy')
  .option('--under <CONDITION>', 'that a result has to meet; may be repeated', collect, [])
  .option('--json', 'prints the results as JSON lines')
  .description('the results that no other beats in all of some metrics at once')
  .action(async (dirs: string[], options: ParetoOptions) => finish(await (await import('./pareto.ts')).pareto(dirs, options)));

program
  .command('sensitivity')
  .argument('<experiment>', 'an experiment; each of its points is looked into')
  .option('--by <PERCENT>', 'that every hardware parameter is moved by, up and down', several, 10)
  .option('--units', 'makes each unit ideal in turn, and moves no parameter')
  .option('--set <PATH=VALUE>', 'in place of what the file says; may be repeated', collect, [])
  .option('--out <DIR>', 'where results go (default: reports/out/ and the experiment’s name)')
  .option('--workers <N>', 'points simulated at the same time (default: one a core)', several)
  .option('--timeout <TIME>', 'after which a point is ended, as failed: 30s, 10min', duration)
  .description('what limits a GEMM, and what would limit it next')
  .action(async (file: string, options: SensitivityOptions) => finish(await (await import('./sensitivity.ts')).sensitivity(file, options)));

program
  .command('export')
  .argument('<dir...>', 'results directories')
  .option('--csv', 'as comma-separated values')
  .option('--jsonl', 'as JSON lines, every value under one name')
  .option('--parquet', 'as a Parquet file, which wants the package hyparquet-writer: > results.parquet')
  .description('prints results as a table for other tools, a row a point')
  .action(async (dirs: string[], options: ExportOptions) => finish(await (await import('./export.ts')).exportResults(dirs, options)));

program
  .command('report')
  .argument('<dir...>', 'results directories, as run wrote them')
  .option('--out <FILE.html>', 'the page (default: report.html in the first directory)')
  .option('--watch', 'follows a run that is not done: writes the page again as its points end')
  .option('--svg <DIR>', 'writes the figures as SVG files too')
  .option('--png <DIR>', 'writes the figures as PNG files too')
  .addOption(
    new Option('--theme <THEME>', 'paper of the PNG files; the page and SVG files follow their viewer').choices(['light', 'dark']).default('light'),
  )
  .option('--csv <DIR>', 'writes the data of the figures as CSV files too')
  .description('one page with figures of where the cycles went')
  .action(async (dirs: string[], options: ReportOptions) => (await import('./report.ts')).report(dirs, options));

program
  .command('explain')
  .argument('<results>', 'a results directory, or one of its points as DIR#POINT; without a point, its fastest')
  .description('one point in a page of text: what binds it, where its cycles went, why it differs from dense')
  .action(async (named: string) => finish(await (await import('./explain.ts')).explain(named)));

program
  .command('diff')
  .argument('<before>', 'a results directory, or one of its points as DIR#POINT')
  .argument('<after>', 'what to compare it with')
  .option('--effects', 'changes the GPU parameters that differ one at a time, simulates, and ranks what each does')
  .option('--out <FILE.html>', 'writes the comparison as a page too')
  .description('what differs between results: parameters, cycles by cause, ranked')
  .action(async (before: string, after: string, options: DiffOptions) => finish(await (await import('./diff.ts')).diff(before, after, options)));

program
  .command('timeline')
  .argument('<results>', 'a results directory, or one of its points as DIR#POINT; without a point, its fastest')
  .option('--out <FILE.json>', 'the trace (default: timeline.trace.json in the directory)')
  .option('--sms <N,N…>', 'SMs whose warps and tensor pipes are shown; the point is simulated again for it', sms, [0])
  .option('--ctas-only', 'no warps, pipes, slices and channels: only what `run --timeline` wrote down')
  .option('--from <µs>', 'leaves out what ended before', amount)
  .option('--to <µs>', 'leaves out what starts after', amount)
  .option('--most <N>', 'CTAs at most, and spans of warps, pipes and sub-cores at most', whole, 100_000)
  .description('what CTAs, warps, tensor pipes, L2 slices and DRAM channels did when, as a trace for ui.perfetto.dev and chrome://tracing')
  .action(async (named: string, options: TimelineOptions) => finish(await (await import('./timeline.ts')).timeline(named, options)));

program
  .command('check')
  .argument('<file...>', 'experiments or GPU configurations')
  .description('validates files without running anything')
  .action(async (files: string[]) => finish((await import('./check.ts')).check(files)));

program
  .command('describe')
  .argument('[what]', 'a GPU, pattern, box, key, metric, or a path such as l2.capacity')
  .description('lists GPUs, patterns, kernels, metrics, every parameter with unit, range and meaning')
  .action(async (what?: string) => finish((await import('./describe.ts')).describe(what)));

const trace = program.command('trace').description('traces as files: what every warp of every CTA does');

trace
  .command('generate')
  .argument('<experiment>', 'an experiment; each of its points makes a trace')
  .option('--out <PATH>', 'a file for one point, a folder for several (default: traces/)')
  .option('--set <PATH=VALUE>', 'in place of what the experiment says', collect, [])
  .description('writes a trace file for every point')
  .action(async (file: string, options: {out?: string; set: string[]}) => finish((await import('./trace.ts')).generate(file, options)));

trace
  .command('show')
  .argument('<file>', 'a trace file')
  .option('--cta <N>', 'which CTA, in launch order', whole, 0)
  .option('--warp <N>', 'which of its warps', whole, 0)
  .option('--steps <N>', 'how many K tiles of the main loop', whole, 2)
  .option('--launch <N>', 'which kernel: split-K has a second, the reduction', whole, 0)
  .option('--all', 'every K tile')
  .description('prints the operations of one warp with their addresses')
  .action(async (file: string, options: ShowOptions) => finish((await import('./trace-show.ts')).show(file, options)));

trace
  .command('stat')
  .argument('<file>', 'a trace file')
  .option('--json', 'as JSON')
  .description('sums a trace up: operations, bytes, sectors, padding')
  .action(async (file: string, options: {json?: boolean}) => finish((await import('./trace-stat.ts')).stat(file, options)));

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('expected a whole number.');
  return Number(text);
}

function duration(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?(ms|s|min)$/.exec(text) ?? [];
  if (!number || Number(number) === 0) throw new InvalidArgumentError('expected a time such as 500ms, 10s or 2min.');
  return Number(number) * (unit === 'ms' ? 1e-3 : unit === 'min' ? 60 : 1);
}

function sms(text: string): readonly number[] {
  const numbers = text.split(',').map(Number);
  if (!numbers.every((sm) => Number.isInteger(sm) && sm >= 0) || /(^|,)\s*(,|$)/.test(text))
    throw new InvalidArgumentError('expected numbers of SMs, such as 0 or 0,54.');
  return [...new Set(numbers)];
}

function amount(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !(number >= 0)) throw new InvalidArgumentError('expected a number of at least 0.');
  return number;
}

function several(text: string): number {
  const number = whole(text);
  if (number < 1 || number > 9999) throw new InvalidArgumentError('expected a whole number from 1 to 9999.');
  return number;
}

function finish(code: number): void {
  process.exitCode = code;
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.badInput;
  if (!(error instanceof Error)) throw error;
  const isBadInput = badInputErrors.includes(error.name);
  // A full disk or a vanished directory needs no stack trace either.
  console.error(isBadInput || 'syscall' in error ? error.message : (error.stack ?? error.message));
  return isBadInput ? exitCodes.badInput : exitCodes.failed;
}

// `tvwsim describe | head` closes the pipe early, which is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  if (process.argv.length <= 2) program.outputHelp();
  else await program.parseAsync();
} catch (error) {
  finish(explain(error));
}
