import test from 'ava';
import {Windows} from './windows.ts';

test('a server that nobody else asks starts at once', (t) => {
  const servers = new Windows(2, 16, 64);
  t.is(servers.reserve(0, 5, 4), 5);
  t.is(servers.reserve(1, 5, 4), 5);
});

test('what is reserved ahead keeps nobody out of the time before it', (t) => {
  const servers = new Windows(1, 16, 64);
  t.is(servers.reserve(0, 160, 16), 160);
  t.is(servers.reserve(0, 10, 4), 10);
});

test('a full window sends who comes late to the next, and no capacity is lost on the way', (t) => {
  const servers = new Windows(1, 16, 64);
  const starts = Array.from({length: 32}, () => servers.reserve(0, 0, 5));
  t.is(starts.at(-1), 31 * 5);
  t.is(servers.busy[0], 160);
});

test('a ring comes round to windows that have passed', (t) => {
  const servers = new Windows(1, 16, 4);
  servers.reserve(0, 0, 16);
  t.is(servers.reserve(0, 4 * 16, 3), 4 * 16);
});

test('who comes earlier than a ring is long takes nothing from those who came later', (t) => {
  const servers = new Windows(1, 16, 4);
  t.is(servers.reserve(0, 7 * 16, 10), 7 * 16);
  t.is(servers.reserve(0, 3 * 16, 4), 4 * 16);
  t.is(servers.reserve(0, 7 * 16, 6), 7 * 16 + 10);
});

test('while a server is closed it serves nobody, and what it had promised is taken after', (t) => {
  const servers = new Windows(1, 16, 64);
  servers.close(0, 40, 100);
  t.is(servers.reserve(0, 50, 4), 100);
  const late = new Windows(1, 16, 64);
  late.reserve(0, 64, 8);
  late.close(0, 40, 96);
  t.is(late.reserve(0, 50, 4), 104);
  t.is(late.busy[0], 12);
});

test('a ring is a power of two long', (t) => {
  t.throws(() => new Windows(1, 16, 48), {instanceOf: RangeError, message: /48/});
});
