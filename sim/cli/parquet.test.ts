import test from 'ava';
import {parquetOf} from './parquet.ts';

const rows = [
  {time_us: 12.5, gpu: 'a', 'axes.l2': '20 MiB', warm: true},
  {time_us: 13, gpu: '=b', warm: false},
];

interface Reader {
  readonly parquetReadObjects: (options: {readonly file: ArrayBuffer}) => Promise<readonly object[]>;
}

test('a Parquet file has a row a point, null where a point lacks a column', async (t) => {
  const reader: string = 'hyparquet';
  const {parquetReadObjects} = (await import(reader).catch(() => ({}))) as Partial<Reader>;
  if (!parquetReadObjects) {
    t.log('hyparquet-writer is not installed: only what is said then is tried');
    await t.throwsAsync(() => parquetOf(rows), {message: /^--parquet {2}wants the package hyparquet-writer, .*: npm install hyparquet-writer@\d/});
    return;
  }
  const file = await parquetOf(rows);
  t.is(Buffer.from(file.subarray(0, 4)).toString(), 'PAR1');
  const [first, second] = rows;
  t.deepEqual(await parquetReadObjects({file: file.buffer as ArrayBuffer}), [first!, {...second, 'axes.l2': null}]);
});
