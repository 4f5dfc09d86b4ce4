#!/usr/bin/env node
import {Command, CommanderError} from 'commander';
import {exitCodes} from './exit.ts';

const program = new Command('tvwsim')
  .description('Simulates sparse GEMMs on GPUs: how long they take, and where every cycle went.')
  .showHelpAfterError('(tvwsim --help lists the verbs)')
  .exitOverride();

// A verb's file is loaded when the verb is called: --help and a mistyped verb answer at once.
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

function finish(code: number): void {
  process.exitCode = code;
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.badInput;
  if (!(error instanceof Error)) throw error;
  const isBadInput = error.name === 'BadInput';
  console.error(isBadInput ? error.message : (error.stack ?? error.message));
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
