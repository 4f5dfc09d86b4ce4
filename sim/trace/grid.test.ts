import test from 'ava';
import fc from 'fast-check';
import {gridOf, walk} from './grid.ts';

function walked(slow: number, fast: number, swizzle: number): readonly (readonly [number, number])[] {
  const visits: [number, number][] = [];
  walk(slow, fast, swizzle, (s, f) => visits.push([s, f]));
  return visits;
}

test('the walk comes to every CTA tile once, whatever the swizzle', (t) => {
  const extent = fc.integer({min: 1, max: 12});
  fc.assert(
    fc.property(extent, extent, extent, (slow, fast, swizzle) => {
      t.is(new Set(walked(slow, fast, swizzle).map(([s, f]) => s * fast + f)).size, slow * fast);
      t.is(walked(slow, fast, swizzle).length, slow * fast);
    }),
  );
});

test('without a swizzle the fast side is walked to its end before the slow side moves on', (t) => {
  t.deepEqual(walked(2, 3, 1), [
    [0, 0],
    [0, 1],
    [0, 2],
    [1, 0],
    [1, 1],
    [1, 2],
  ]);
});

test('a swizzle of 4 lets 16 CTAs that run together share 4 + 4 operand tiles, where they would need 1 + 16', (t) => {
  const tiles = (swizzle: number) => {
    const together = walked(16, 16, swizzle).slice(0, 16);
    return new Set(together.map(([s]) => s)).size + new Set(together.map(([, f]) => f)).size;
  };
  t.is(tiles(1), 17);
  t.is(tiles(4), 8);
});

test('a grid holds the view of operand o of CTA c at o · ctas + c', (t) => {
  const view = (base: number) => ({base, pitch: 256, rows: 2, bytes: 64});
  const grid = gridOf(2, 2, (cta) => ({tile: 5, steps: cta, views: [view(100 + cta), {...view(200 + cta), indexStart: 7}]}));
  t.deepEqual([...grid.base], [100, 101, 200, 201]);
  t.deepEqual([...grid.indexStart], [0, 0, 7, 7]);
  t.deepEqual([...grid.steps], [0, 1]);
  t.deepEqual([...grid.tile], [5, 5]);
});
