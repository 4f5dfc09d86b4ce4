import test from 'ava';
import {made, twoByTwo, type Made} from './given.ts';
import {listing, type Line} from './listing.ts';

const shown = ({trace}: Made, cta = 0, warp = 0, launch = 0) => listing(trace, trace.launches[launch]!, cta, warp);
const all = (given: Made, cta = 0, warp = 0): readonly Line[] => shown(given, cta, warp).flatMap(({lines}) => lines);
const linesOf = (lines: readonly Line[], operation: string) => lines.filter((line) => line.operation.startsWith(operation));

test('a listing has a prologue, a part for every K tile, and an epilogue', (t) => {
  t.deepEqual(
    shown(made({k: 192})).map(({title}) => title),
    ['Prologue', 'Main loop, K tile 0', 'Main loop, K tile 1', 'Main loop, K tile 2', 'Epilogue'],
  );
});

test('a gathered copy names the k it brings, at their addresses', (t) => {
  const given = made({k: 128, pattern: {type: 'tw', values: {sparsity: 0.5, granularity: 128}}});
  const [first, second] = given.packed.tiles[0]!.rows;
  const [copy] = linesOf(all(given), 'LDGSTS');
  t.is(copy!.what, `activation 0, k ${first} ${second}`);
  const address = (k: number) => `0x${(k * 256).toString(16).padStart(8, '0')}`;
  t.true(copy!.address.startsWith(address(first!)));
  t.deepEqual([copy!.size, copy!.sectors, copy!.shared], ['2 × 256 B', '16', 's[0x00000]']);
});

test('what means a K tile past the last is off', (t) => {
  const lines = all(made({k: 64}));
  t.true(linesOf(lines, 'LDGSTS').some(({off, what}) => off && what === 'weight 1: past the last'));
  t.true(linesOf(lines, 'LDSM').some(({off, what}) => off && what === 'weight 1: past the last'));
});

test('rows outside the matrix are copied as zeros', (t) => {
  const lines = linesOf(all(made({n: 8, k: 64}), 0, 3), 'LDGSTS').filter(({what}) => what.startsWith('weight'));
  t.true(lines.some(({what, sectors}) => what === 'weight 0: nothing there, zeros' && sectors === ''));
});

test('multiplications in a row are one line, and so is other arithmetic', (t) => {
  const lines = all(made({k: 64, kernel: {...twoByTwo, indexAhead: 0}}));
  t.true(lines.some(({operation, what}) => / ×\d/.test(operation) && /^A\d+ A\d+ \+= M/.test(what)));
  t.false(lines.some(({operation}, i) => operation.startsWith('ALU') && lines[i + 1]?.operation.startsWith('ALU')));
});

test('MMA.SP names the half of the metadata register it takes', (t) => {
  const given = made({k: 64, pattern: {type: 'vw', values: {n: 2, m: 4}}});
  t.is(linesOf(all(given), 'HMMA.SP.16832')[0]!.what, 'A0 += M0 · M16, E0.0');
});

test('the reduction of split-K reads a partial sum for every split', (t) => {
  const given = made({k: 256, kernel: {...twoByTwo, splitK: 2}});
  const lines = shown(given, 0, 0, 1).flatMap((section) => section.lines);
  t.deepEqual(
    linesOf(lines, 'LDG').map(({what}) => what),
    ['partial 0, row 0', 'partial 1, row 1'],
  );
});
