import {Engine} from '../engine/engine.ts';

/** Holds a second of the classic hold model, median of `repeats`: every event schedules one more, so that as many are pending all the time. */
export function holdsPerSecond(pending: number, repeats: number): number {
  const rates = Array.from({length: repeats}, () => rate(pending)).sort((a, b) => a - b);
  return rates[Math.floor(repeats / 2)]!;
}

function rate(pending: number): number {
  const engine = new Engine();
  const holds = 3e6;
  let left = holds;
  let random = 1;
  const again = engine.kind((argument) => {
    if (left-- <= 0) return;
    random = (Math.imul(random, 1103515245) + 12345) & 0x7fffffff;
    engine.at(engine.now + 1 + ((random >> 8) & 1023), again, argument);
  });
  for (let i = 0; i < pending; i++) engine.at(i & 1023, again, i);
  const begun = process.hrtime.bigint();
  engine.run();
  return holds / (Number(process.hrtime.bigint() - begun) / 1e9);
}
