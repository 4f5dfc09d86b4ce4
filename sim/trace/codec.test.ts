import {readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import {inFolder} from '../config/given.ts';
import {readTrace, summaryOf, writeTrace, type RecordedTrace} from './codec.ts';
import {anyChoice, made, type Choice} from './given.ts';

function recorded(choice: Partial<Choice>): RecordedTrace {
  const {gemm, packed, kernel, activations, trace} = made(choice);
  const pattern = {label: 'TVW 75 %', ...(choice.pattern ?? {type: 'dense', values: {}})};
  return {about: {gemm, dtype: 'fp16', pattern, kernel, activations, seed: 1, packed: summaryOf(packed)}, trace};
}

const small = recorded({m: 20, n: 20, k: 20});

/** What readTrace says of a file with these bytes. */
function complaint(bytes: Uint8Array): string {
  return inFolder({'t.tvt': bytes}, (folder) => {
    try {
      readTrace(join(folder, 't.tvt'));
      return 'nothing';
    } catch (error) {
      return (error as Error).message.replace(`${folder}/`, '');
    }
  });
}

const bytesOf = (file: RecordedTrace) => inFolder({}, (folder) => (writeTrace(join(folder, 't'), file), readFileSync(join(folder, 't'))));

test('what is written is read, to the last address', (t) => {
  fc.assert(
    fc.property(anyChoice(200), (choice) => {
      const file = recorded(choice);
      t.deepEqual(
        inFolder({}, (folder) => (writeTrace(join(folder, 't.tvt'), file), readTrace(join(folder, 't.tvt')))),
        file,
      );
    }),
    {numRuns: 15},
  );
});

test('the trace of a layer of BERT takes a few KiB', (t) => {
  const file = recorded({m: 12800, n: 768, k: 3072, pattern: {type: 'tvw', values: {sparsity: 0.75, granularity: 128}}});
  t.true(bytesOf(file).length < 12 * 1024);
});

test('the summary tells kept rows and columns of every tile, and what it spans', (t) => {
  const {packed, mask} = made({n: 300, k: 100, pattern: {type: 'tvw', values: {sparsity: 0.8, granularity: 64}}});
  const {tiles, kept} = summaryOf(packed);
  t.deepEqual(
    tiles.map(({rows, columns}) => [rows, columns]),
    mask.tiles.map(({rows, columns}) => [rows.length, columns.length]),
  );
  t.true(tiles.every(({columns, span}) => span >= columns));
  t.true(Math.abs(kept / (300 * 100) - 0.2) < 0.01);
});

test('flipping any bit of any byte is found out', (t) => {
  const bytes = bytesOf(small);
  inFolder({}, (folder) => {
    const path = join(folder, 't.tvt');
    for (let at = 0; at < bytes.length; at++) {
      const flipped = Buffer.from(bytes);
      flipped[at]! ^= 1 << (at % 8);
      writeFileSync(path, flipped);
      t.throws(() => readTrace(path), {name: 'BadInput', message: /t\.tvt {2}(is|was) /}, `byte ${at}`);
    }
  });
});

test('a file cut short anywhere is found out', (t) => {
  const bytes = bytesOf(small);
  for (const length of [1, 7, 8, 20, 47, 48, 100, bytes.length - 1])
    t.regex(complaint(bytes.subarray(0, length)), /is cut short|is not a trace file/);
  t.is(complaint(bytes.subarray(0, 20)), 't.tvt  is cut short: 20 B, and its head alone takes 48');
  t.is(complaint(bytes.subarray(0, 100)), `t.tvt  is cut short: 100 of ${bytes.length} B`);
});

test('each fault has its message', (t) => {
  const bytes = bytesOf(small);
  const changed = (change: (copy: Buffer) => void) => {
    const copy = Buffer.from(bytes);
    change(copy);
    return complaint(copy);
  };
  t.is(complaint(new Uint8Array()), 't.tvt  is empty, expected a trace file');
  t.is(complaint(Buffer.from('name: small\n')), 't.tvt  is not a trace file; tvwsim trace generate writes one');
  t.is(
    changed((b) => b.writeUInt32LE(2, 8)),
    't.tvt  was written by a newer tvwsim: trace format 2, and this one reads 1',
  );
  t.is(
    changed((b) => b.writeUInt32LE(0, 8)),
    't.tvt  is in trace format 0, and this tvwsim reads 1',
  );
  t.is(
    changed((b) => b.fill(0, 60, 70)),
    't.tvt  is corrupted: its checksum is not that of what it holds',
  );
  t.is(complaint(Buffer.concat([bytes, Buffer.from('more')])), 't.tvt  is corrupted: 4 B follow its end');
});

test('a folder, and a file that is not there, are said to be so', (t) => {
  inFolder({'ffn2.tvt': ''}, (folder) => {
    t.throws(() => readTrace(folder), {message: /is a directory, expected a file$/});
    t.throws(() => readTrace(join(folder, 'fnf2.tvt')), {message: /does not exist; did you mean ".*ffn2\.tvt"\?$/});
  });
});

test('a trace that cannot be written leaves nothing behind', (t) => {
  inFolder({'t.tvt': null}, (folder) => {
    t.throws(() => writeTrace(join(folder, 't.tvt'), small), {name: 'BadInput', message: /t\.tvt {2}cannot be written: /});
    t.throws(() => writeTrace(join(folder, 'none', 't.tvt'), small), {name: 'BadInput'});
    t.deepEqual(readdirSync(folder), ['t.tvt']);
  });
});
