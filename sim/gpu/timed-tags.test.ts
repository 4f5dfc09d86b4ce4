import test from 'ava';
import {MemoryMap} from './memory-map.ts';
import {TimedTags} from './timed-tags.ts';

/** One slice of one set of so many ways. */
const small = (ways: number): TimedTags => new TimedTags(1, ways * 128, ways, new MemoryMap(1, 1));

function put(tags: TimedTags, line: number): number {
  tags.next();
  const place = tags.placeOf(0, line);
  if (!tags.holds(place)) tags.install(tags.victim(0, line), place);
  tags.use(place);
  tags.put(place, 15);
  return place;
}

for (const ways of [2, 3, 16]) {
  test(`of ${ways} ways the least recently used goes first`, (t) => {
    const tags = small(ways);
    const places = Array.from({length: ways}, (_, line) => put(tags, line));
    put(tags, 0);
    put(tags, 100);
    t.true(tags.holds(places[0]!));
    t.false(tags.holds(places[1]!));
    for (const place of places.slice(2)) t.true(tags.holds(place));
  });
}

test('a line is told beforehand when it will be there, and forgets it when it has come', (t) => {
  const tags = small(2);
  const place = put(tags, 1);
  t.is(tags.ready(place), 0);
  tags.fill(place, 0b0011, 100, 700.5);
  t.is(tags.ready(place), 701);
  tags.hasten(place, 40);
  t.deepEqual([tags.asked(place), tags.ready(place)], [60, 661]);
  tags.come(place);
  t.is(tags.ready(place), 0);
});

test('a tag may be there and a sector not', (t) => {
  const tags = small(2);
  const place = put(tags, 1);
  tags.drop(place, 0b0100);
  t.is(tags.valid(place), 0b1011);
  t.true(tags.holds(place));
});

test('only what differs from memory is written back', (t) => {
  const tags = small(2);
  put(tags, 1);
  const soiled = put(tags, 2);
  tags.soil(soiled, 0b1000);
  t.is(tags.soiled(tags.victim(0, 3)), -1);
  put(tags, 1);
  t.is(tags.soiled(tags.victim(0, 3)), soiled);
  t.deepEqual([tags.lineOf(soiled), tags.dirty(soiled)], [2, 0b1000]);
});
