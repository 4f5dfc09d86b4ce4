import type {ExecutionContext} from 'ava';

/** Asserts that what the machine does is within a share of a figure, 5 % unless told otherwise. */
export function within(t: ExecutionContext, what: string, measured: number, expected: number, share = 0.05): void {
  const error = measured / expected - 1;
  const line = `${what}: ${Number(measured.toPrecision(4))}, expected ${expected} (${error >= 0 ? '+' : ''}${(error * 100).toFixed(1)} %)`;
  t.log(line);
  t.true(Math.abs(error) <= share, line);
}
