import test from 'ava';
import {shares} from './least-squares.ts';

const predict = (rows: readonly number[][], observed: readonly number[], at: readonly number[]) =>
  shares(rows, at).reduce((sum, share, i) => sum + share * observed[i]!, 0);

test('a straight line is followed to where nothing was observed', (t) => {
  const rows = [[1, 4], [1, 8], [1, 12]]; // prettier-ignore
  t.true(Math.abs(predict(rows, [7 + 3 * 4, 7 + 3 * 8, 7 + 3 * 12], [1, 100]) - 307) < 1e-4);
});
test('regressors that always go together predict as one', (t) => {
  const rows = [[1, 8], [2, 16], [3, 24]]; // prettier-ignore
  t.true(Math.abs(predict(rows, [50, 100, 150], [10, 80]) - 500) < 1e-4);
});
