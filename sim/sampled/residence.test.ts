import test from 'ava';
import {a100, playOn} from '../gpu/microbench/machine.ts';
import {made, twoByTwo} from '../trace/given.ts';
import {residenceOf} from './residence.ts';

const gpu = a100();

test('what fits is found again: a warm L2 reads nothing from DRAM, a cold one every byte once', (t) => {
  const {trace} = made({m: 512, n: 512, k: 1024});
  t.is(residenceOf(trace, gpu, 'warm').dram.read, 0);
  t.true(Math.abs(residenceOf(trace, gpu, 'cold').dram.read / (2 * 512 * 1024 * 2) - 1) < 0.01);
});

test('the first wave finds nothing in a cold L2, the second what it shares with the first', (t) => {
  const small = a100({sm: {gpcs: [2, 2, 2, 2]}});
  const {trace} = made({m: 1024, n: 256, k: 512});
  const held = residenceOf(trace, small, 'cold').launches[0]?.held;
  const {ctas} = trace.launches[0]!.grid;
  const weights = 1;
  t.true(held!.subarray(0, 8).every((share) => share === 0));
  t.is(ctas, 16);
  t.is(held![weights * ctas + 8], 0); // the second weight tile, new with the second wave
  t.is(held![8], 1); // the activations that the first wave read
});

test('where operands are larger than L2, DRAM reads are those of the machine within 3 %', (t) => {
  const small = a100({sm: {gpcs: [2, 2, 2, 2]}, l2: {capacity: 2 * 2 ** 20}});
  const {trace} = made({m: 1024, n: 1024, k: 1024, kernel: {...twoByTwo, swizzle: 2}});
  const {dram} = residenceOf(trace, small, 'warm');
  t.true(Math.abs(dram.read / playOn(small, trace, {l2: 'warm'}).dram.read - 1) < 0.03);
});
