import {availableParallelism} from 'node:os';
import {BadInput, fileProblem} from '../config/problem.ts';
import {simulateAll, StorageFailure} from '../sweep/engine.ts';
import {nameOf} from '../sweep/name.ts';
import {openPool} from '../sweep/pool.ts';
import {parseShard, readTodo, shardOf} from '../sweep/shard.ts';
import {exitCodes} from './exit.ts';
import {openParts, type Part} from './parts.ts';
import {readingOf, type SpaceOptions} from './sweep-options.ts';

export interface ShardOptions extends SpaceOptions {
  readonly todo?: string;
}

/** Simulates one of n parts of a sweep into the store of its directory. May be run again, or twice at once. Returns the exit code. */
export async function runShard(file: string, text: string, {todo, ...options}: ShardOptions): Promise<number> {
  const shard = parseShard(text);
  if (!shard) throw new BadInput([fileProblem(text, 'expected I/N, such as 3/8: the third of eight parts')]);
  const [{errands}] = openParts([file], readingOf(options), options.out) as [Part];
  const points = todo === undefined ? errands.map((_, i) => i) : readTodo(todo, errands);
  const own = shardOf(errands, points, shard.i, shard.n);
  for (const {store, key} of own) if (store.has(key)) store.read(key);
  const pool = openPool(options.workers ?? availableParallelism(), options.memory);
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  // A queue that ends a task says so with SIGTERM first.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
  try {
    const outcomes = await simulateAll(pool, own, {signal: stop.signal, ...(options.timeout === undefined ? {} : {timeout: options.timeout})});
    const failed = outcomes.flatMap((outcome, i) => (outcome && 'reason' in outcome ? [`failed: ${nameOf(own[i]!.point)}: ${outcome.reason}`] : []));
    const done = outcomes.filter(Boolean).length - failed.length;
    for (const line of failed) console.error(line);
    console.log(`shard ${text}: ${done} of ${own.length} points are there${failed.length > 0 ? `; ${failed.length} failed` : ''}`);
    if (stop.signal.aborted) return exitCodes.interrupted;
    return failed.length > 0 ? exitCodes.failed : exitCodes.done;
  } catch (error) {
    if (!(error instanceof StorageFailure)) throw error;
    console.error(error.message);
    return exitCodes.failed;
  } finally {
    await pool.close();
  }
}
