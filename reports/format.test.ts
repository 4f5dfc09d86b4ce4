import test from 'ava';
import {brief, bytes, fit, headings, micros, percent, plain, shortList, three, whole, widthOf} from './format.ts';

const spaced = (text: string) => text.replace(/[\u00a0\u202f\u2009]/g, ' ');

test('numbers keep three digits and lose no zeros', (t) => {
  t.deepEqual([0, 0.0986, 0.1, 1.5, 98.1, 109.6, 1240, 138402].map(three).map(spaced), [
    '0',
    '0.0986',
    '0.100',
    '1.50',
    '98.1',
    '110',
    '1 240',
    '138 402',
  ]);
  t.is(spaced(whole(1234567)), '1 234 567');
  t.is(spaced(micros(98.1)), '98.1 µs');
  t.is(spaced(bytes(826e6)), '826 MB');
  t.is(spaced(bytes(0)), '0 B');
});

test('a share that rounds to nothing is still said to be there', (t) => {
  t.is(spaced(percent(0.001)), '< 1 %');
  t.is(spaced(percent(0)), '0 %');
});

test('a name that does not fit keeps its beginning and its end', (t) => {
  const name = `${'x'.repeat(300)} 0.875`;
  const cut = fit(name, 100, 12);
  t.regex(cut, /^x+…x*.*0\.875$/);
  t.true(widthOf(cut, 12) <= 100);
  t.is(fit('TVW 75 %', 100, 12), 'TVW 75 %');
  t.true(brief(name).length <= 72);
});

test('a heading that is longer than its panel is broken between its parts, and all headings are as high', (t) => {
  const [long, short] = headings(['TVW 75 % · l2.capacity 10 MiB · dram.bandwidth 800 GB/s', 'dense'], 200, 12);
  t.is(long, 'TVW 75 % · l2.capacity 10 MiB\ndram.bandwidth 800 GB/s');
  t.is(short, '\u00a0\ndense');
});

test('a long list counts its runs, a short one and a plain value stay', (t) => {
  t.is(shortList('[8, 8, 8, 8, 8, 7, 7]'), '[5×8, 2×7]');
  t.is(shortList('[128, 128, 32]'), '[128, 128, 32]');
  t.is(shortList('20 MiB'), '20 MiB');
});

test('what XML forbids and what turns the reading direction is shown as a replacement character', (t) => {
  t.is(plain('a\u0000b\u001bc\ud800d\u202ee'), 'a\ufffdb\ufffdc\ufffdd\ufffde');
  t.is(plain('😀 é\tß'), '😀 é\tß');
});
