import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import {inFolder} from '../config/given.ts';
import type {Job} from '../job.ts';
import {keptWeights} from '../pattern/mask.ts';
import {decodeTrace, readTrace, writeTrace} from './codec.ts';
import {anyChoice, made, type Choice} from './given.ts';

function recorded(choice: Partial<Choice>): Job {
  const {gemm, mask, kernel, activations, trace} = made(choice);
  const {type, values} = choice.pattern ?? {type: 'dense', values: {}};
  const tiles = mask.tiles.map(({rows, columns}) => ({rows: rows.length, columns: columns.length, span: gemm.n}));
  const pattern = {type, label: 'TVW 75 %', ...values};
  return {gemm, dtype: 'fp16', seed: 1, activations, pattern, kernel, launch: 'fused', kept: keptWeights(mask), retained: 1, tiles, trace};
}

const small = recorded({m: 20, n: 20, k: 20});

/** What is said of a file with these bytes. */
function complaint(bytes: Uint8Array): string {
  try {
    decodeTrace(Buffer.from(bytes), 't.tvt');
    return 'nothing';
  } catch (error) {
    return (error as Error).message;
  }
}

const bytesOf = (file: Job) => inFolder({}, (folder) => (writeTrace(join(folder, 't'), file), readFileSync(join(folder, 't'))));

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

test('flipping any bit of any byte is found out', (t) => {
  const bytes = bytesOf(small);
  for (let at = 0; at < bytes.length; at++) {
    const flipped = Buffer.from(bytes);
    flipped[at]! ^= 1 << (at % 8);
    t.throws(() => decodeTrace(flipped, 't.tvt'), {name: 'BadInput', message: /^t\.tvt {2}(is|was) /}, `byte ${at}`);
  }
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
    changed((b) => b.writeUInt32LE(3, 8)),
    't.tvt  was written by a newer tvwsim: trace format 3, and this one reads 2',
  );
  t.is(
    changed((b) => b.writeUInt32LE(0, 8)),
    't.tvt  is in trace format 0, and this tvwsim reads 2',
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
