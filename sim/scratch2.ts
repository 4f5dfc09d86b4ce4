import {readExperiment} from './experiment.ts';
import {simulate} from './simulate.ts';
const {points} = readExperiment(process.argv[2]!, {set: process.argv.slice(3)});
for (const p of points) { const r = simulate(p); console.log(r.pattern.label, r.kernel.name, 'occ', r.kernel.ctas_per_sm, 'waves', r.kernel.waves.toFixed(2), 'us', r.time_us.toFixed(1), 'cyc', r.cycles, JSON.stringify(r.ledger), 'skip', r.metrics['tvw.load_skip_ratio']?.toFixed(3), 'wall', r.host.wall_s.toFixed(2), 'ev', r.host.events, r.digest.slice(0, 8)); }
