import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {readExperiment} from '../experiment.ts';
import {simulate} from '../simulate.ts';

/** What a process of its own measures of one rung. */
export interface Climb {
  /** Seconds of each point of the process, the first before anything is compiled; kernel search, pruning and packing included. */
  readonly wall_s: readonly number[];
  readonly events: number;
  readonly instructions: number;
  readonly cycles: number;
  readonly peak_rss_mb: number;
}

/** As many points as fit in this, but no more than six: the first and five to take the median of. */
const enough = {seconds: 20, points: 6};

/** Run as a process: `node climb.js FOLDER`, the experiment on standard input; prints a Climb as JSON. */
function climb(folder: string, yaml: string): Climb {
  const file = join(folder, 'rung.yaml');
  writeFileSync(file, yaml);
  const point = readExperiment(file).points[0]!;
  const wall: number[] = [];
  let spent = 0;
  for (;;) {
    const begun = process.hrtime.bigint();
    const {host, metrics, cycles} = simulate(point);
    wall.push(Number(process.hrtime.bigint() - begun) / 1e9);
    spent += wall.at(-1)!;
    if (wall.length < enough.points && spent + wall.at(-1)! < enough.seconds) continue;
    return {
      wall_s: wall,
      events: host.events,
      instructions: metrics['sm__inst_executed.sum']!,
      cycles,
      peak_rss_mb: process.resourceUsage().maxRSS / 1024,
    };
  }
}

const chunks: Buffer[] = [];
process.stdin.on('data', (chunk: Buffer) => chunks.push(chunk));
process.stdin.on('end', () => console.log(JSON.stringify(climb(process.argv[2]!, Buffer.concat(chunks).toString('utf8')))));
