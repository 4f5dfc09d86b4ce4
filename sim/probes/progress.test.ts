import test from 'ava';
import {ctaCounters, duration, progressOf, progressText, watchCtas} from './progress.ts';

const end = (probe: ReturnType<typeof watchCtas>, times: number) => {
  for (let cta = 0; cta < times; cta++) probe.ended!(cta, 0, 0, 0);
};

test('a run stands where its points stand, each as heavy as its cost', (t) => {
  const counters = ctaCounters(3);
  end(watchCtas(counters, 0, 10), 10);
  end(watchCtas(counters, 1, 200), 50);
  t.deepEqual(progressOf(counters, [1, 4, 3], [true, false, false]), {
    points: 3,
    settled: 1,
    running: {done: 50, ctas: 200},
    simulated: 60,
    share: 2 / 8,
  });
});

test('a kernel that is played again has as many CTAs to go once more', (t) => {
  const counters = ctaCounters(1);
  const probe = watchCtas(counters, 0, 4);
  end(probe, 4);
  t.is(progressOf(counters, [1], [false]).share, 1);
  end(probe, 1);
  t.deepEqual(progressOf(counters, [1], [false]).running, {done: 5, ctas: 8});
});

test('the line says how much is done, how fast it goes, and how long it may take yet', (t) => {
  const progress = {points: 5, settled: 2, running: {done: 312, ctas: 1200}, simulated: 6400, share: 0.25};
  t.is(progressText(progress, 10), '2/5 points, 312/1200 CTAs of those running, 640 CTAs/s, 10 s, about 30 s left');
  t.is(progressText({points: 5, settled: 0, running: {done: 0, ctas: 0}, simulated: 0, share: 0}, 0), '0/5 points, 0 s');
});

test('times are told as one tells them', (t) => {
  t.deepEqual([0, 59.4, 185, 9600].map(duration), ['0 s', '59 s', '3 min 05 s', '2 h 40 min']);
});
