import test from 'ava';
import {experiment, read} from '../config/given.ts';
import {simulate} from '../simulate.ts';
import {varied, withKernel} from './sensitivity.ts';

const gemms = {
  'a square GEMM': ['{name: square, m: 512, n: 512, k: 1024}', '{type: dense}', 'warm'],
  'a skinny GEMM from DRAM': ['{name: skinny, m: 64, n: 1024, k: 1024}', '{type: dense}', 'cold'],
  TVW: ['{name: pruned, m: 1024, n: 512, k: 1024}', '{type: tvw, sparsity: 0.75, granularity: 128}', 'warm'],
} as const;

/** Of what is a time, more is worse, but of this; and of what is none, more is better, but of these. */
const betterTimes = /\.tREFI$/;
const worseAmounts = /sharedMemoryReserved$|^power\.(?!limit)/;
/** More of these is neither: it is another machine, or another policy. */
const neither = /\.(m|n|k|partitions|write\w+|rowBytes|bankGroups|banksPerGroup|subcores)$/;
const times = /[lL]atency|[iI]nterval$|\.t[A-Z]\w*$|launchGap|nullKernel|barrierPerWarp|packedKernel/;

for (const [name, [workload, pattern, l2]] of Object.entries(gemms)) {
  test(`${name}: no bandwidth, capacity, rate or count makes it slower by 2 % when raised, no time makes it faster by 2 %`, (t) => {
    t.timeout(240_000);
    const [given] = read({'e.yaml': experiment({workload: `[${workload}]`, patterns: `[${pattern}]`, l2})}).points;
    const base = simulate(given!);
    const strange = varied(withKernel(given!, base), 0.25).flatMap(({move, point}) => {
      if (move.change < 0 || neither.test(move.path)) return [];
      const worse = times.test(move.path) ? !betterTimes.test(move.path) : worseAmounts.test(move.path);
      const ratio = simulate(point).time_us / base.time_us;
      return (worse ? ratio < 0.98 : ratio > 1.02) ? [`${move.path} → ${move.to}: ${ratio.toFixed(3)} of the time`] : [];
    });
    t.deepEqual(strange, []);
  });
}
