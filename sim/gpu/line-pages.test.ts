import test from 'ava';
import {LinePages} from './line-pages.ts';

test('neighbours have neighbouring places, numbers far apart take no room between them', (t) => {
  const pages = new LinePages();
  const near = pages.placeOf(5000);
  t.is(pages.placeOf(5001), near + 1);
  const far = pages.placeOf(2 ** 30);
  t.true(far < 4096 && pages.length <= 4096);
  for (const number of [5000, 5001, 2 ** 30]) t.is(pages.numberOf(pages.placeOf(number)), number);
});

test('every number has a place of its own', (t) => {
  const pages = new LinePages();
  const numbers = Array.from({length: 20_000}, (_, i) => i * 37);
  t.is(new Set(numbers.map((number) => pages.placeOf(number))).size, numbers.length);
  t.true(numbers.every((number) => pages.placeOf(number) < pages.length));
});
