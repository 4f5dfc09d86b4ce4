import test from 'ava';
import {SectoredCache} from './sectored-cache.ts';

/** One cache of `sets` sets and two ways. */
const small = (sets: number): SectoredCache => new SectoredCache(1, sets * 2 * 128, 2);

function put(cache: SectoredCache, line: number, sectors = 15): number {
  let entry = cache.find(0, line);
  if (entry === -1) {
    entry = cache.victim(0, line);
    cache.install(entry, line);
  }
  cache.valid[entry]! |= sectors;
  return entry;
}

test('the least recently used line of a set goes first', (t) => {
  const cache = small(1);
  put(cache, 1);
  put(cache, 2);
  cache.find(0, 1);
  put(cache, 3);
  t.not(cache.find(0, 1), -1);
  t.is(cache.find(0, 2), -1);
});

test('a line with sectors on their way is never replaced', (t) => {
  const cache = small(1);
  cache.pending[put(cache, 1, 0)] = 1;
  put(cache, 2);
  t.is(cache.line[cache.victim(0, 3)], 2);
  cache.pending[cache.find(0, 2)] = 1;
  t.is(cache.victim(0, 3), -1);
});

test('a tag may be there and a sector not', (t) => {
  const cache = small(1);
  const entry = put(cache, 1, 0b0011);
  t.is(cache.find(0, 1), entry);
  t.is(cache.valid[entry]! & 0b0100, 0);
});

test('neighbouring lines of a page visit every set once, and so fill the cache to the last line', (t) => {
  const cache = small(64);
  for (let line = 0; line < 128; line++) put(cache, line);
  for (let line = 0; line < 128; line++) t.not(cache.find(0, line), -1);
});

test('pages lie anywhere: their first lines fall into different sets', (t) => {
  const cache = small(64);
  const sets = new Set(Array.from({length: 64}, (_, page) => Math.floor(put(cache, page * 2 ** 14) / 2)));
  t.true(sets.size > 32, `${sets.size} of 64`);
});

test('a directory finds what looking through the ways finds, near and beyond its last place', (t) => {
  const [looked, listed] = [new SectoredCache(4, 2 * 2 * 128, 2, 4), new SectoredCache(4, 2 * 2 * 128, 2, 4, 2)];
  for (const first of [0, 2 ** 23 - 20, 2 ** 27]) {
    for (let i = 0; i < 200; i++) {
      const line = first + ((i * 7) % 40);
      for (const cache of [line % 2, 2 + (line % 2)]) {
        t.is(listed.find(cache, line), looked.find(cache, line), `line ${line}`);
        for (const tags of [looked, listed]) if (tags.find(cache, line) === -1) tags.install(tags.victim(cache, line), line);
      }
    }
  }
});
