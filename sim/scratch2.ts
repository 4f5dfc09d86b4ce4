import {readExperiment} from './experiment.ts';
import {simulate} from './simulate.ts';
const {points} = readExperiment(process.argv[2]!, {set: process.argv.slice(3)});
for (const p of points) {
  const r = simulate(p);
  console.log(
    JSON.stringify({
      m: r.m,
      n: r.n,
      k: r.k,
      label: r.pattern.label,
      kernel: r.kernel.name.replace('multistage_', ''),
      waves: r.kernel.waves,
      us: r.time_us,
      cycles: r.cycles,
      ledger: r.ledger,
      wall: r.host.wall_s,
      dramMB: (r.metrics['dram__bytes_read.sum']! + r.metrics['dram__bytes_write.sum']!) / 1e6,
      power: r.metrics,
    }),
  );
}
