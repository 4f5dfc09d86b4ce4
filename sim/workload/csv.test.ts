import test from 'ava';
import {complaints, experiment, read} from '../config/given.ts';

const e = {'e.yaml': experiment({workload: '[{csv: g.csv}]'})};
const says = test.macro((t, csv: string | Uint8Array | null, ...expected: readonly string[]) => {
  t.deepEqual(complaints({...e, 'g.csv': csv}), expected);
});

test('every row of a CSV file is a GEMM; count may be left out', (t) => {
  const workloads = read({...e, 'g.csv': 'name,m,n,k\na,1,2,3\n"b, too",4,5,6\n'}).points.map(({workload}) => workload);
  t.deepEqual(workloads, [
    {name: 'a', m: 1, n: 2, k: 3, count: 1},
    {name: 'b, too', m: 4, n: 5, k: 6, count: 1},
  ]);
});
test('a byte order mark, Windows line ends, blanks and empty lines are read over', (t) => {
  const {points} = read({...e, 'g.csv': '\uFEFFname,m,n,k,count\r\na, 1,2,3,12\r\n\r\n'});
  t.deepEqual(points[0]!.workload, {name: 'a', m: 1, n: 2, k: 3, count: 12});
});
test('a row may name the network it is a layer of, and stay dense', (t) => {
  const {points} = read({...e, 'g.csv': 'name,m,n,k,network,weights\na,1,2,3,mine,protected\nb,1,2,3,,prunable\n'});
  t.deepEqual(
    points.map(({workload}) => workload),
    [
      {name: 'a', m: 1, n: 2, k: 3, count: 1, network: 'mine', weights: 'protected'},
      {name: 'b', m: 1, n: 2, k: 3, count: 1},
    ],
  );
});
test('an axis moves the rows of a CSV file too', (t) => {
  const {points} = read({...e, 'g.csv': 'name,m,n,k\na,1,2,3\nb,1,2,3\n'}, {axes: ['workload.m=8,16']});
  t.deepEqual(
    points.map(({workload}) => ('m' in workload ? workload.m : 0)),
    [8, 8, 16, 16],
  );
});

test(
  'a letter among the digits is reported with its line and column',
  says,
  'name,m,n,k\na,1,2,3\nb,1,2,4O96\n',
  'g.csv:3, column k  "4O96" is not a whole number',
);
test(
  'every wrong number is reported',
  says,
  'name,m,n,k\na,0,2.5,-1\nb,1,,1e30\n',
  'g.csv:2, column m  0 is not a whole number of at least 1',
  'g.csv:2, column n  2.5 is not a whole number',
  'g.csv:2, column k  -1 is not a whole number of at least 1',
  'g.csv:3, column n  "" is not a whole number',
  'g.csv:3, column k  1e30 is not a whole number of at most 16777216',
);
test('a missing column is named', says, 'name,m,n\na,1,2\n', 'g.csv:1:1  the column k is missing; the header has name, m, n');
test(
  'a misspelt column names the nearest one',
  says,
  'name,m,n,k,cuont\na,1,2,3,4\n',
  'g.csv:1, column cuont  no such column; did you mean "count"?',
);
test('a column that is there twice is refused', says, 'name,m,n,k,k\na,1,2,3,4\n', 'g.csv:1, column k  this column is there twice');
test(
  'ragged rows are counted',
  says,
  'name,m,n,k\na,1,2\nb,1,2,3,4\n',
  'g.csv:2:1  has 3 fields, the header has 4',
  'g.csv:3:1  has 5 fields, the header has 4',
);
test('an empty CSV file is refused', says, '', 'g.csv  is empty; expected the columns name, m, n, k, count, network, weights');
test('a CSV file of a header is refused', says, 'name,m,n,k\n', 'g.csv:1:1  has a header and no rows');
test('a quote that never closes is reported where it opens', says, 'name,m,n,k\n"a,1,2,3\n', 'g.csv:2:1  a quote opens here and never closes');
test('a binary file is refused where it is named', says, 'name\0', 'e.yaml:3:18  workload[0].csv: g.csv is a binary file, expected text');
test('a directory is refused where it is named', says, null, 'e.yaml:3:18  workload[0].csv: g.csv is a directory, expected a file');
test('a missing CSV file is refused where it is named', (t) => {
  t.deepEqual(complaints(e), ['e.yaml:3:18  workload[0].csv: g.csv does not exist']);
});
