import {Piscina} from 'piscina';

/** What became of a task: a value, or the reason why there is none. */
export type Settled<T> = {readonly value: T} | {readonly reason: string};

/** Runs tasks in at most `workers` threads of the file's default function; outcomes in the order of the tasks. */
export async function inThreads<Task, T>(file: string, tasks: readonly Task[], workers: number, settled: () => void): Promise<readonly Settled<T>[]> {
  const threads = new Piscina<Task, T>({filename: file, maxThreads: workers, concurrentTasksPerWorker: 1, maxQueue: Infinity});
  try {
    return await Promise.all(
      tasks.map(async (task) => {
        const outcome = await threads.run(task).then(
          (value) => ({value}),
          (error: unknown) => ({reason: error instanceof Error ? error.message : String(error)}),
        );
        settled();
        return outcome;
      }),
    );
  } finally {
    await threads.destroy();
  }
}
