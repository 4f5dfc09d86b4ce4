import test from 'ava';
import {Flows} from './flows.ts';

test('a server of which less is asked than it can do is never behind', (t) => {
  const servers = new Flows(2, 16, 64);
  servers.add(0, 0, 64, 32);
  for (const time of [0, 16, 40, 64]) t.is(servers.behind(0, time), 0);
});

test('what comes twice as fast as it is served leaves the server as far behind as it has taken', (t) => {
  const servers = new Flows(1, 16, 64);
  servers.add(0, 0, 64, 128);
  t.is(servers.behind(0, 64), 64);
  t.is(servers.behind(0, 96), 32);
  t.is(servers.behind(0, 128), 0);
});

test('who asks together is served side by side, whoever has said so first', (t) => {
  const servers = new Flows(1, 16, 64);
  for (let i = 0; i < 4; i++) servers.add(0, 0, 32, 16);
  t.is(servers.behind(0, 32), 32);
  t.is(servers.busy[0], 64);
});

test('work that is told of later, for a time before, still counts', (t) => {
  const servers = new Flows(1, 16, 64);
  servers.add(0, 64, 80, 16);
  t.is(servers.behind(0, 80), 0);
  servers.add(0, 0, 64, 80);
  t.is(servers.behind(0, 80), 16);
});

test('a ring comes round to windows that have passed, and is a power of two long', (t) => {
  const servers = new Flows(1, 16, 4);
  servers.add(0, 0, 16, 48);
  t.is(servers.behind(0, 16), 32);
  servers.add(0, 1600, 1616, 8);
  t.is(servers.behind(0, 1616), 0);
  t.throws(() => new Flows(1, 16, 48), {instanceOf: RangeError, message: /48/});
});
