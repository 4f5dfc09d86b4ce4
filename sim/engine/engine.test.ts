import test from 'ava';
import fc from 'fast-check';
import {Engine} from './engine.ts';
import {Servers} from './servers.ts';
import {Slots} from './slots.ts';

test('events happen in the order of time, and of the same time in the order they were asked for', (t) => {
  const engine = new Engine(16);
  const seen: string[] = [];
  const note = engine.kind((argument) => seen.push(`${engine.now}:${argument}`));
  engine.at(5, note, 1);
  engine.at(3, note, 2);
  engine.at(5, note, 3);
  engine.at(500, note, 4);
  engine.run();
  t.deepEqual(seen, ['3:2', '5:1', '5:3', '500:4']);
});

test('an event may ask for another in the same tick, which happens after those already there', (t) => {
  const engine = new Engine(16);
  const seen: number[] = [];
  const note = engine.kind((argument) => {
    seen.push(argument);
    if (argument === 1) engine.at(engine.now, note, 3);
  });
  engine.at(7, note, 1);
  engine.at(7, note, 2);
  engine.run();
  t.deepEqual(seen, [1, 2, 3]);
});

test('whatever the delays, a wheel shorter than they are keeps the order of (time, sequence)', (t) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(100), fc.nat(100)), {maxLength: 200}), (asked) => {
      const engine = new Engine(8);
      const seen: [number, number][] = [];
      const note = engine.kind((argument) => seen.push([engine.now, argument]));
      const all: [number, number][] = [];
      // The second half is asked for while time runs, so that near and far events of one tick meet.
      const later = engine.kind((argument) => {
        const [, delay] = asked[argument]!;
        all.push([engine.now + delay, argument + 1000]);
        engine.at(engine.now + delay, note, argument + 1000);
      });
      asked.forEach(([time], i) => engine.at(time, later, i));
      engine.run();
      const expected = all.map((e, sequence) => [...e, sequence] as const).sort((a, b) => a[0] - b[0] || a[2] - b[2]);
      return JSON.stringify(seen) === JSON.stringify(expected.map(([time, argument]) => [time, argument]));
    }),
  );
  t.pass();
});

test('an event in the past is refused', (t) => {
  const engine = new Engine();
  const nothing = engine.kind(() => {});
  engine.at(10, nothing, 0);
  engine.run();
  t.throws(() => engine.at(9, nothing, 0), {message: /has passed/});
});

test('a server carries fractions of a tick: eight services of 8.25 take 66 ticks', (t) => {
  const servers = new Servers(1);
  let end = 0;
  for (let i = 0; i < 8; i++) end = servers.reserve(0, 0, 8.25);
  t.is(end, 66);
});

test('a server that fell idle starts the next request when it arrives', (t) => {
  const servers = new Servers(2);
  servers.reserve(1, 0, 4);
  t.is(servers.reserve(1, 10, 4), 14);
  t.is(servers.busy[1], 8);
  t.is(servers.busy[0], 0);
});

test('slots given back are handed out again, and no two at once are the same', (t) => {
  const slots = new Slots();
  const out = new Set(Array.from({length: 3000}, () => slots.take()));
  t.is(out.size, 3000);
  t.true(slots.size >= 3000);
  slots.release(17);
  slots.release(2500);
  t.deepEqual([slots.take(), slots.take(), slots.take()], [2500, 17, 3000]);
});
