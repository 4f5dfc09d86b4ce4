import test from 'ava';
import {isAccess} from '../trace/accesses.ts';
import {Addresses} from '../trace/addresses.ts';
import {made, twoByTwo, type Choice} from '../trace/given.ts';
import {spmmKernel} from '../trace/library.ts';
import {excerpt} from './excerpt.ts';

const gathers: readonly (readonly [title: string, choice: Partial<Choice>])[] = [
  ['rows one by one', {pattern: {type: 'tw', values: {sparsity: 0.6, granularity: 64}}}],
  ['rows in blocks', {pattern: {type: 'bw', values: {sparsity: 0.6, block: 16}}}],
  ['places along rows', {pattern: {type: 'tw', values: {sparsity: 0.6, granularity: 64}}, activations: 'k-contiguous'}],
  ['blocks along rows', {pattern: {type: 'bw', values: {sparsity: 0.6, block: 16}}, activations: 'k-contiguous'}],
  ['a row for every weight', {pattern: {type: 'ew', values: {sparsity: 0.6}}, kernel: spmmKernel(200)}],
];

for (const [title, choice] of gathers) {
  test(`a stretch of a main loop that gathers ${title} asks for what the whole asks for there`, (t) => {
    const {trace} = made({m: 200, n: 128, k: 900, kernel: twoByTwo, ...choice});
    const launch = trace.launches[0]!;
    const parts = Array.from({length: launch.grid.ctas}, (_, cta) => ({cta, from: Math.min(2, launch.grid.steps[cta]!), steps: 2}));
    const [whole, part] = [new Addresses(trace, launch), new Addresses(trace, excerpt(launch, parts))];
    const loads = launch.programs.flatMap(({ops, body, epilogue}) => ops.slice(body, epilogue).filter(isAccess));
    for (const {cta, from, steps} of parts) {
      for (const op of loads) {
        for (let step = 0; step < Math.min(steps, launch.grid.steps[cta]! - from); step++) {
          const ranges = part.resolve(op, cta, step);
          t.is(ranges, whole.resolve(op, cta, from + step));
          t.deepEqual(part.address.slice(0, ranges), whole.address.slice(0, ranges));
        }
      }
    }
  });
}
