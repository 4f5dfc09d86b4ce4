import test from 'ava';
import {complaints, experiment, read} from './config/given.ts';

const e = (more = '') =>
  experiment({workload: '[{name: a, m: 64, n: 64, k: 64}]', patterns: '[{type: dense}, {type: vw}]', measured: `{ncu: p.csv${more}}`});
const metricsOf = (csv: string, more = '') => read({'e.yaml': e(more), 'p.csv': csv}).points.map(({measured_metrics}) => measured_metrics);
const says = test.macro((t, csv: string, more: string, ...expected: readonly string[]) =>
  t.deepEqual(complaints({'e.yaml': e(more), 'p.csv': csv}), expected),
);

const long = [
  '==PROF== Connected to process 1234 (/usr/bin/gemm)',
  '==PROF== Profiling "ampere_h1688gemm" - 0: 0%....50%....100% - 8 passes',
  '"ID","Process ID","Process Name","Host Name","Kernel Name","Context","Stream","Block Size","Grid Size","Device","CC","Section Name","Metric Name","Metric Unit","Metric Value"',
  '"0","1","gemm","host","ampere_gemm","1","7","(128, 1, 1)","(1, 1, 1)","0","8.0","Command line profiler metrics","dram__bytes_read.sum","Kbyte","16.5"',
  '"0","1","gemm","host","ampere_gemm","1","7","(128, 1, 1)","(1, 1, 1)","0","8.0","GPU Speed Of Light Throughput","Duration","usecond","2.50"',
  '"0","1","gemm","host","ampere_gemm","1","7","(128, 1, 1)","(1, 1, 1)","0","8.0","GPU Speed Of Light Throughput","DRAM Frequency","cycle/nsecond","1.5"',
  '"1","1","gemm","host","sparse_gemm","1","7","(128, 1, 1)","(1, 1, 1)","0","8.0","Command line profiler metrics","sm__inst_executed.sum","inst","1,234,567"',
  '==PROF== Disconnected from process 1234',
  '',
].join('\n');

test('a row a metric: names and section labels are known, units are scaled, digits may be grouped', (t) => {
  t.deepEqual(metricsOf(long), [{'dram__bytes_read.sum': 16500, 'gpu__time_duration.sum': 2500}, {'sm__inst_executed.sum': 1234567}]);
});

test('a row a launch, as --page raw writes it, under a row of units', (t) => {
  const raw = [
    '"ID","Kernel Name","gpu__time_duration.sum","lts__t_sector_hit_rate.pct","smsp__something"',
    '"","","ns","%","x"',
    '"0","a","2560","71.5","n/a"',
    '"1","b","2,000","50","n/a"',
  ].join('\n');
  t.deepEqual(metricsOf(raw), [
    {'gpu__time_duration.sum': 2560, 'lts__t_sector_hit_rate.pct': 71.5},
    {'gpu__time_duration.sum': 2000, 'lts__t_sector_hit_rate.pct': 50},
  ]);
});

test('a profiled time is compared with the gap between kernels put in', (t) => {
  const [point, other] = read({'e.yaml': e(), 'p.csv': long}).points;
  t.is(point!.measured_us, 2.5 + point!.gpu.values.host.launchGap / 1e3);
  t.is(other!.measured_us, undefined);
});

test('kernels are picked by their names', (t) => {
  const three = `${long}"2","1","gemm","host","memset","1","7","(1, 1, 1)","(1, 1, 1)","0","8.0","s","Duration","usecond","1.0"\n`;
  t.deepEqual(metricsOf(three, ', kernel: gemm$').map((metrics) => Object.keys(metrics!).length), [2, 1]); // prettier-ignore
});

test(
  'launches that are more or fewer than the points are refused',
  says,
  long,
  ', kernel: sparse',
  'e.yaml:6:17  measured.ncu: p.csv has 1 launch for 2 points; they are taken in order, and kernel: REGEX picks launches by their names',
);
test('what is no regular expression is refused', says, long, ", kernel: '('", 'e.yaml:6:32  measured.kernel: "(" is not a regular expression');
test(
  'a table of something else is refused',
  says,
  'm,n\n1,2\n',
  '',
  'e.yaml:6:17  measured.ncu: p.csv is no table of ncu --csv: it has no columns ID and Kernel Name',
);
test(
  'a value that is none and a unit that is unknown are reported with their lines',
  says,
  '"ID","Kernel Name","Metric Name","Metric Unit","Metric Value"\n"0","a","Duration","usecond","n/a"\n"1","b","Duration","fortnight","1"\n',
  '',
  'p.csv:2, column Duration  "n/a" is not a number of at least 0',
  'p.csv:3, column Duration  no such unit: "fortnight"; known here: ns, nsecond, us, usecond, ms, msecond, s, second, byte, Kbyte, Mbyte, Gbyte, %, inst, sector, cycle',
);
test('a missing profile is refused where it is named', (t) =>
  t.deepEqual(complaints({'e.yaml': e()}), ['e.yaml:6:17  measured.ncu: p.csv does not exist']));
