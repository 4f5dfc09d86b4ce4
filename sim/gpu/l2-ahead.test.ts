import test from 'ava';
import {a100, gigabytesPerSecond, playOn} from './microbench/machine.ts';
import {chaseLatency, linesHomedIn} from './microbench/pointer-chase.ts';
import {bytesPerBlock, narrowRows, stream} from './microbench/stream.ts';
import {within} from './microbench/within.ts';

const gpu = a100();
const detailed = {fidelity: 'detailed', sample: 2000} as const;

test('worked out beforehand, a hit takes as long as published: 212 cycles near (gpu-benches), 357 to 379 far (arXiv 2501.12084)', (t) => {
  const near = {places: linesHomedIn(gpu, 0, 2 ** 16), stride: 128};
  const far = {places: linesHomedIn(gpu, 1, 2 ** 16), stride: 128};
  within(t, 'near', chaseLatency(gpu, near, near, detailed), 212, 0.02);
  const cycles = chaseLatency(gpu, far, {...far, partition: 1}, detailed);
  t.true(cycles >= 350 && cycles <= 379, `${cycles} cycles`);
});

test('and so does a line that only DRAM has: 475 cycles from the near partition’s memory, 623 from the far one’s (arXiv 2501.12084)', (t) => {
  const from = (home: number): number => chaseLatency(gpu, {places: linesHomedIn(gpu, home, 2 ** 16), stride: 128}, 'cold', detailed);
  within(t, 'near', from(0), 475);
  within(t, 'far', from(1), 623);
});

test('what a window cannot order is accounted for: a stream gets nine tenths of the peak, rows read 64 B at a time less than three quarters', (t) => {
  const share = (bytes: number, cycles: number): number => (gigabytesPerSecond(gpu, bytes, cycles) * 1e9) / gpu.dram.bandwidth;
  const [few, many] = [2000, 4000].map((blocks) => playOn(gpu, stream({reads: 1, writes: 0, blocks}), detailed).cycles);
  const streamed = share(2000 * bytesPerBlock, many! - few!);
  t.log(`a stream: ${streamed.toFixed(3)}`);
  t.true(streamed > 0.88 && streamed < 0.94);
  for (const pitch of [5120, 8192]) {
    const [short, long] = [8, 24].map((turns) => playOn(gpu, narrowRows({ctas: 108, rows: 64, bytes: 64, pitch, turns}), detailed));
    const narrow = share(long!.dram.read - short!.dram.read, long!.cycles - short!.cycles);
    t.log(`64 B of rows ${pitch} B apart: ${narrow.toFixed(3)}`);
    t.true(narrow > 0.62 && narrow < 0.78);
  }
});
