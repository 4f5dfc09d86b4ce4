import test from 'ava';
import {complaints, experiment, read} from './config/given.ts';
import {pointDigest} from './point.ts';
import {simulate} from './simulate.ts';

const workload = '[{name: a, m: 1024, n: 1024, k: 1024}, {name: b, m: 2048, n: 1024, k: 1024}]';
const e = (changes: {readonly [key: string]: string} = {}) =>
  experiment({
    workload,
    patterns: '[{type: dense}, {type: vw}, {type: tvw, sparsity: 0.75, granularity: 128}]',
    measured: '{csv: t.csv}',
    ...changes,
  });
const measured = (csv: string, changes = {}) => read({'e.yaml': e(changes), 't.csv': csv});
const times = (csv: string, changes = {}) => measured(csv, changes).points.map(({measured_us}) => measured_us);
const says = test.macro((t, csv: string, ...expected: readonly string[]) => t.deepEqual(complaints({'e.yaml': e(), 't.csv': csv}), expected));

test('a row is laid beside the point of its extents and pattern', (t) => {
  t.deepEqual(times('m,n,k,pattern,time_us\n1024,1024,1024,dense,19.8\n1024,1024,1024,2:4,16.0\n2048,1024,1024,tvw 75%,21\n'), [
    19.8,
    16,
    undefined,
    undefined,
    undefined,
    21,
  ]);
});
test('times may be in other units, which their column names', (t) => {
  t.deepEqual(times('m,n,k,pattern,time_ms\n1024,1024,1024,dense,0.0198\n')[0], 19.8);
  t.deepEqual(times('m,n,k,pattern,time_ns\n1024,1024,1024,dense,19800\n')[0], 19.8);
});
test('rows of another GPU or type are of no point here', (t) => {
  const {points, warnings} = measured(
    'gpu,dtype,m,n,k,pattern,time_us\na100-pcie-80gb,fp16,1024,1024,1024,dense,19.8\n,,2048,1024,1024,dense,33\n,fp16,64,1024,1024,dense,5\n',
  );
  t.deepEqual([points[0]!.measured_us, points[3]!.measured_us], [19.8, 33]);
  t.deepEqual(
    warnings.map(({line, message}) => [line, message]),
    [[4, '1 of 3 rows are of no point of this experiment, this one first']],
  );
});
test('a changed GPU is compared with the one it was made of', (t) => {
  const csv = 'gpu,m,n,k,pattern,time_us\na100-pcie-80gb,1024,1024,1024,dense,19.8\n';
  t.is(times(csv, {gpu: '{extends: a100-pcie-80gb, l2: {capacity: 20 MiB}}'})[0], 19.8);
});

test('a result says what was measured and how far it is off, and has the digest it has without', (t) => {
  const small = {workload: '[{name: a, m: 64, n: 64, k: 64}]', patterns: '[{type: dense}]', fidelity: 'bound'};
  const [point] = measured('m,n,k,pattern,time_us\n64,64,64,dense,4\n', small).points;
  const [plain] = read({'e.yaml': e({...small, measured: ''})}).points;
  const [there, without] = [simulate(point!), simulate(plain!)];
  t.is(there.measured_us, 4);
  t.is(there.error, there.time_us / 4 - 1);
  t.is(there.digest, without.digest);
  t.is(pointDigest(point!), pointDigest(plain!));
});

const csv = 'm,n,k,pattern,time_us\n';
test(
  'a missing column is named',
  says,
  'm,n,pattern,time_us\n1,2,dense,3\n',
  't.csv:1:1  the column k is missing; the header has m, n, pattern, time_us',
);
test(
  'a column of times without a unit is asked for one',
  says,
  'm,n,k,pattern,time\n1,2,3,dense,4\n',
  't.csv:1, column time  no such column; did you mean "time_us"?',
);
test(
  'a missing column of times is named',
  says,
  'm,n,k,pattern\n1,2,3,dense\n',
  't.csv:1:1  a column of times is missing; expected one of time_ns, time_us, time_ms',
);
test(
  'two columns of times are one too many',
  says,
  'm,n,k,pattern,time_us,time_ms\n1,2,3,dense,4,5\n',
  't.csv:1:1  there are 2 columns of times, time_us and time_ms; expected one of time_ns, time_us, time_ms',
);
test(
  'negative, empty and wrong times are reported with their lines',
  says,
  `${csv}1024,1024,1024,dense,-19.8\n1024,1024,1024,2:4,\n2048,1024,1024,dense,n/a\n`,
  't.csv:2, column time_us  -19.8 is not a number of at least 1e-9',
  't.csv:3, column time_us  "" is not a number',
  't.csv:4, column time_us  "n/a" is not a number',
);
test(
  'an unknown GPU and an unknown type name the nearest',
  says,
  'gpu,dtype,m,n,k,pattern,time_us\na100-pcie-80g,fp61,1024,1024,1024,dense,19.8\n',
  't.csv:2, column gpu  no such GPU: "a100-pcie-80g"; did you mean "a100-pcie-80gb"? (known: a100-nm, a100-pcie-80gb, a100-sxm4-40gb, a100-sxm4-80gb, l40, rtx-3090, rtx-4090, v100-pcie-32gb, v100-sxm2-16gb)',
  't.csv:2, column dtype  no such type: "fp61"; did you mean "fp16"? (known: fp16, fp16-acc16, bf16, int8, tf32)',
);
test(
  'a GEMM that is measured twice is refused',
  says,
  `${csv}1024,1024,1024,dense,19.8\n1024,1024,1024,Dense,19.9\n`,
  't.csv:3:1  measures again what line 2 does',
);
test(
  'rows of which none is of a point are refused',
  says,
  `${csv}1,1,1,dense,4\n`,
  'e.yaml:6:17  measured.csv: no row of t.csv is of a point of this experiment',
);
test(
  'milliseconds in a column of microseconds are noticed',
  says,
  `${csv}1024,1024,1024,dense,0.0198\n1024,1024,1024,2:4,0.0160\n2048,1024,1024,dense,0.0331\n`,
  't.csv:1:1  the times are too short for the GPU by a factor of about 500 (the median row’s): they seem to be in a unit larger than the column says, such as ms for µs',
);
test(
  'nanoseconds in a column of microseconds are noticed',
  says,
  `${csv}1024,1024,1024,dense,19800\n1024,1024,1024,2:4,16000\n2048,1024,1024,dense,33100\n`,
  't.csv:1:1  the times are too long for the GPU by a factor of about 2000 (the median row’s): they seem to be in a unit smaller than the column says, such as ns for µs',
);
test('a block without its file says what it wants', (t) => {
  t.deepEqual(complaints({'e.yaml': e({measured: '{}'})}), ['e.yaml:6:11  measured.csv: missing; expected a text']);
  t.deepEqual(complaints({'e.yaml': e({measured: '{cvs: t.csv}'})}), ['e.yaml:6:12  measured.cvs: no such parameter; did you mean "csv"?']);
  t.deepEqual(complaints({'e.yaml': e()}), ['e.yaml:6:17  measured.csv: t.csv does not exist']);
});
