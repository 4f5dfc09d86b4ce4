import {readExperiment} from './experiment.ts';
import {simulate} from './simulate.ts';
import {candidates} from './trace/library.ts';
import {predictSeconds} from './oracle/predict.ts';
import {pack} from './packing/pack.ts';
import {fullMask} from './pattern/mask.ts';
import {kernelShape} from './trace/trace-of.ts';
import type {Gemm} from './workload/gemm.ts';
const {points} = readExperiment(process.argv[2]!, {set: process.argv.slice(3)});
for (const p of points) {
  const g = p.workload as Gemm;
  const sp = p.pattern.type === 'vw';
  const packed = pack(fullMask(g, sp ? {n: 2, m: 4} : undefined), {elementBytes: 2, gathered: false});
  const shape = kernelShape(packed, p.activations);
  const list = candidates({...shape, granularity: undefined, k: g.k})
    .map((k) => ({k, c: predictSeconds(g, packed, k, shape, p.gpu.values, 'f16') * 1e6}))
    .sort((a, b) => a.c - b.c);
  const show = process.env['TOP'] ? +process.env['TOP'] : 6;
  for (const {k, c} of list.slice(0, show)) {
    if (process.env['DRY']) {
      console.log(g.name, p.pattern.type, k.tile.join('x'), 's' + k.splitK, c.toFixed(1));
      continue;
    }
    const r = simulate({...p, kernel: k});
    console.log(
      g.name,
      p.pattern.type,
      k.tile.join('x'),
      's' + k.splitK,
      'pred',
      c.toFixed(1),
      'sim',
      r.cycles,
      (c / r.time_us).toFixed(2),
      'us',
      r.time_us.toFixed(1),
      'MHz',
      r.clock_mhz.toFixed(0),
      'W',
      r.metrics['tvw.board_power']!.toFixed(0),
    );
  }
}
