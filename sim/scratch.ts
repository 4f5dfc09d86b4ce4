import {readExperiment} from './experiment.ts';
import {simulate} from './simulate.ts';
const {points} = readExperiment(process.argv[2]!, {set: process.argv.slice(3)});
for (let rep = 0; rep < +(process.env['REP'] ?? 1); rep++)
  for (const p of points) {
    const r = simulate(p);
    console.log(
      r.pattern.label,
      r.kernel.name,
      r.cycles,
      r.time_us.toFixed(1),
      'wall',
      r.host.wall_s.toFixed(3),
      'ev',
      r.host.events,
      (r.host.events / r.host.wall_s / 1e6).toFixed(2),
      r.digest.slice(0, 10),
      r.host.peak_rss_mb,
    );
  }
