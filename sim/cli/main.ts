#!/usr/bin/env node
import {Command, CommanderError, InvalidArgumentError} from 'commander';
import {badInputErrors, exitCodes} from './exit.ts';
import type {ReportOptions} from './report.ts';
import type {RunOptions} from './run.ts';

const program = new Command('tvwsim')
  .description('Simulates sparse GEMMs on GPUs: how long they take, and where every cycle went.')
  .showHelpAfterError('(tvwsim --help lists the verbs)')
  .exitOverride();

// A verb's file is loaded when the verb is called: --help and a mistyped verb answer at once.
program
  .command('run')
  .argument('<experiment...>', 'experiments: files, or names in experiments/')
  .option('--out <DIR>', 'where results go (default: reports/out/ and the experiment’s name)')
  .option(
    '--set <PATH=VALUE>',
    'in place of what the file says: seed=2, gpu.l2.capacity=20MiB; may be repeated',
    (text, all: string[]) => [...all, text],
    [],
  )
  .option('--workers <N>', 'points simulated at the same time (default: one a core)', wholeNumber)
  .option('--json', 'prints results as JSON lines, and nothing else on stdout')
  .description('simulates every point of an experiment, prints a table, writes results.jsonl')
  .action(async (files: string[], options: RunOptions) => finish(await (await import('./run.ts')).run(files, options)));

program
  .command('report')
  .argument('<dir...>', 'results directories, as run wrote them')
  .option('--out <FILE.html>', 'the page (default: report.html in the first directory)')
  .option('--svg <DIR>', 'writes the figures as SVG files too')
  .option('--png <DIR>', 'writes the figures as PNG files too')
  .description('one page with figures of where the cycles went')
  .action(async (dirs: string[], options: ReportOptions) => (await import('./report.ts')).report(dirs, options));

program
  .command('check')
  .argument('<file...>', 'experiments or GPU configurations')
  .description('validates files without running anything')
  .action(async (files: string[]) => finish((await import('./check.ts')).check(files)));

program
  .command('describe')
  .argument('[what]', 'a GPU, pattern, box, key, metric, or a path such as l2.capacity')
  .description('lists GPUs, patterns, kernels, metrics, every parameter with unit, range and meaning')
  .action(async (what?: string) => finish(await (await import('./describe.ts')).describe(what)));

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 1 to 9999.');
  return Number(text);
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
