import test from 'ava';
import {MemoryMap} from './memory-map.ts';

const map = new MemoryMap(2, 40);

test('as many neighbouring lines as there are channels visit each channel once', (t) => {
  for (const run of [0, 1, 77, 100_000]) {
    const channels = Array.from({length: 80}, (_, i) => map.channelOf(run * 80 + i));
    t.is(new Set(channels).size, 80);
  }
});

test('strides of any power of two spread over all channels, none much over its share', (t) => {
  for (let stride = 1; stride <= 4096; stride *= 2) {
    const hits = new Int32Array(80);
    for (let i = 0; i < 8000; i++) hits[map.channelOf(i * stride)]!++;
    t.true(Math.min(...hits) > 50 && Math.max(...hits) < 150, `stride ${stride}: ${Math.min(...hits)} … ${Math.max(...hits)} of 100`);
  }
});

test('a line has its home in one partition and the slice of the same place for its copy in the other', (t) => {
  t.is(map.homeOf(39), 0);
  t.is(map.homeOf(40), 1);
  t.is(map.sliceIn(0, 45), 5);
  t.is(map.sliceIn(1, 45), 45);
  t.is(map.sliceIn(1, 5), 45);
});
