import {join} from 'node:path';
import test from 'ava';
import {complaints, experiment, inFolder, read} from './config/given.ts';
import {readExperiment} from './experiment.ts';
import {jobOf} from './job.ts';
import {writeTrace} from './trace/codec.ts';

/** One complaint, which says this. */
const says = test.macro((t, text: string | Uint8Array | null, ...expected: readonly string[]) => {
  t.deepEqual(complaints({'e.yaml': text}), expected);
});

test('a right experiment has nothing to complain about', says, experiment());

test('a misspelt key names the nearest one', says, `${experiment()}sede: 3\n`, 'e.yaml:6:1  sede: no such parameter; did you mean "seed"?');
test(
  'a misspelt key deep inside is named with its path',
  says,
  experiment({gpu: '{extends: a100-pcie-80gb, l2: {capcity: 20 MiB}}'}),
  'e.yaml:2:37  gpu.l2.capcity: no such parameter; did you mean "capacity"?',
);
test(
  'a key that resembles nothing lists what there is',
  says,
  experiment({workload: '[{name: ffn, m: 1, n: 1, k: 1, zzzzzz: 1}]'}),
  'e.yaml:3:42  workload[0].zzzzzz: no such parameter; known here: name, m, n, k, count, network, weights, importance',
);
test(
  'whoever misspells a required key is not also told that it is missing',
  says,
  experiment({dtype: '', dtpe: 'fp16'}),
  'e.yaml:5:1  dtpe: no such parameter; did you mean "dtype"?',
);
test(
  'every required key that is missing is named',
  says,
  'name: x\n',
  'e.yaml:1:1  gpu: missing; expected a GPU, or a list of them',
  'e.yaml:1:1  workload: missing; expected a list of {name, m, n, k, count?}, {network: NAME, batch?, sequence?}, {csv: FILE}, {scalesim: FILE, batch?}, {onnx: FILE, dimensions?} or {trace: FILE}',
  'e.yaml:1:1  dtype: missing; expected one of fp16, fp16-acc16, bf16, int8, tf32',
);
test(
  'all problems are reported at once, in the order of the file',
  says,
  experiment({workload: '[{name: ffn, m: 1.5, n: 256, k: 256}]', fidelity: 'detailled', patterns: '{type: dense}'}),
  'e.yaml:3:27  workload[0].m: got 1.5, expected a whole number',
  'e.yaml:5:11  patterns: got a mapping, expected a list of patterns, such as {type: dense}',
  'e.yaml:6:11  fidelity: got "detailled", expected one of bound, sampled, detailed, reference; did you mean "detailed"?',
);

const sizes: readonly (readonly [string, string, string])[] = [
  ['a size without a unit', '40', 'got 40, expected a number with a unit (B, KiB, MiB, GiB)'],
  ['a size in gigahertz', '40 GHz', 'got "40 GHz", expected a number with a unit (B, KiB, MiB, GiB)'],
  ['a negative size', '-40 MiB', 'got "-40 MiB", expected a value of at least 1 B'],
  ['a size of zero', '0 B', 'got "0 B", expected a value of at least 1 B'],
  ['a size of nothing', '', 'got nothing, expected a number with a unit (B, KiB, MiB, GiB)'],
  ['a size that is no number', '.nan', 'got NaN, expected a number with a unit (B, KiB, MiB, GiB)'],
  ['a size beyond everything', '1e30 B', 'got "1e30 B", expected a value of at most 1024 GiB'],
  ['a part of a byte', '0.3 KiB', 'got "0.3 KiB", expected a whole number of bytes'],
  ['a list for a size', '[1 B]', 'got the list [1 B], expected a number with a unit (B, KiB, MiB, GiB)'],
];
for (const [title, value, expected] of sizes) {
  test(
    `${title} is refused`,
    says,
    experiment({gpu: `{extends: a100-pcie-80gb, l2: {capacity: ${value}}}`}),
    `e.yaml:2:47  gpu.l2.capacity: ${expected}`,
  );
}

const extents: readonly (readonly [string, string, string])[] = [
  ['negative', '-256', 'got -256, expected a whole number of at least 1'],
  ['zero', '0', 'got 0, expected a whole number of at least 1'],
  ['fractional', '2.5', 'got 2.5, expected a whole number'],
  ['not a number', '.nan', 'got NaN, expected a whole number'],
  ['infinite', '.inf', 'got Infinity, expected a whole number'],
  ['huge', '1e30', 'got 1e+30, expected a whole number of at most 16777216'],
  ['a text', '4O96', 'got "4O96", expected a whole number'],
];
for (const [title, value, expected] of extents) {
  test(
    `a k that is ${title} is refused`,
    says,
    experiment({workload: `[{k: ${value}, name: ffn, m: 256, n: 256}]`}),
    `e.yaml:3:16  workload[0].k: ${expected}`,
  );
}

test('a weight matrix that no memory holds is refused', (t) => {
  const [line] = complaints({'e.yaml': experiment({workload: '[{name: ffn, m: 1, n: 1000000, k: 1000000}]'})});
  t.is(line, 'e.yaml:3:12  workload[0]: n × k are 1,000,000,000,000 weights; at most 1,073,741,824 fit');
});

test('what a pattern cannot do is refused at the key to blame', (t) => {
  const [line, ...rest] = complaints({'e.yaml': experiment({patterns: '[{type: tvw, sparsity: 0.3, granularity: 128}]'})});
  t.regex(line!, /^e\.yaml:5:34 {2}patterns\[0\]\.sparsity: .*0\.3/);
  t.deepEqual(rest, []);
});

test('an unknown GPU names the nearest one', (t) => {
  const [line] = complaints({'e.yaml': experiment({gpu: 'a100-pcie-80g'})});
  t.regex(line!, /^e\.yaml:2:6 {2}gpu: no such GPU: "a100-pcie-80g"; did you mean "a100-pcie-80gb"\?/);
});
test('an unknown pattern names the nearest one and lists them', (t) => {
  const [line] = complaints({'e.yaml': experiment({patterns: '[{type: dens}]'})});
  t.regex(line!, /^e\.yaml:5:19 {2}patterns\[0\]\.type: no such pattern: "dens"; did you mean "dense"\? \(known: .*tvw/);
});
test(
  'a form of workload that is not built says which there are',
  says,
  experiment({workload: '[{gemms: 3}]'}),
  'e.yaml:3:13  workload[0].gemms: no such form of workload; expected {name, m, n, k, count?}, {network: NAME, batch?, sequence?}, {csv: FILE}, {scalesim: FILE, batch?}, {onnx: FILE, dimensions?} or {trace: FILE}',
);
test(
  'two workloads of one name are refused, as their results could not be told apart',
  says,
  experiment({workload: '[{name: a, m: 1, n: 1, k: 1}, {name: a, m: 1, n: 1, k: 1}]'}),
  'e.yaml:3:48  workload[1].name: a second workload is called "a"; results could not be told apart',
);
test(
  'an empty list is refused where it would make no point',
  says,
  experiment({workload: '[]'}),
  'e.yaml:3:11  workload: got an empty list, expected a list of {name, m, n, k, count?}, {network: NAME, batch?, sequence?}, {csv: FILE}, {scalesim: FILE, batch?}, {onnx: FILE, dimensions?} or {trace: FILE}',
);
test('a kernel is auto or written out', (t) => {
  t.regex(
    complaints({'e.yaml': experiment({kernel: 'atuo'})})[0]!,
    /^e\.yaml:6:9 {2}kernel: got "atuo", expected auto or \{.*tile.*\}; did you mean "auto"\?$/,
  );
});

test('a duplicate key is refused at the second', says, `${experiment()}name: again\n`, 'e.yaml:6:1  this key is written twice');
test('an empty file is refused', says, '', 'e.yaml  is empty');
test('a file of comments is refused', says, '# nothing yet\n', 'e.yaml  is empty');
test('a file with NUL bytes is refused', says, 'name: \0', 'e.yaml  is a binary file, expected text');
test(
  'a file that is not UTF-8 is refused',
  says,
  Uint8Array.of(0x6e, 0xff, 0xfe),
  'e.yaml  is a binary file, or text in another encoding; expected UTF-8',
);
test('a directory is refused', says, null, 'e.yaml  is a directory, expected a file');
test(
  'a top level that is a list is refused',
  says,
  '- a\n',
  'e.yaml:1:1  got the list [a], expected a mapping at the top level (KEY: VALUE, a line each)',
);
test(
  'a top level that is a text is refused',
  says,
  'hello\n',
  'e.yaml:1:1  got "hello", expected a mapping at the top level (KEY: VALUE, a line each)',
);
test('a second document is refused', says, `${experiment()}---\nname: b\n`, 'e.yaml:6:1  a second document begins here; a file holds one');
test('an indentation by tabs is refused', says, `${experiment()}sweep:\n\tseed: [1]\n`, 'e.yaml:7:1  indented with a tab; YAML wants spaces');
test(
  'of a bracket too many only its own line is reported',
  says,
  `${experiment()}kernel: {a: 1}}\nl2: cold\n`,
  'e.yaml:6:15  not valid YAML: Unexpected flow-map-end token in YAML stream: "}"',
);
test('an alias of nothing is refused', says, experiment({kernel: '*none'}), 'e.yaml:6:9  *none refers to nothing');
test('an alias of itself is refused', says, experiment({kernel: '&k [*k]'}), 'e.yaml:6:13  *k unfolds without end, or into more than 100 references');
test('brackets without end are refused before they end the process', says, '['.repeat(20_000), 'e.yaml:1:65  nested more than 64 levels deep');
test('an alias bomb is defused', (t) => {
  const level = (name: string, of: string) => `${name}: &${name} [${Array.from({length: 9}, () => of).join(', ')}]\n`;
  const [line] = complaints({'e.yaml': `${experiment()}${level('a', 'x')}${level('b', '*a')}${level('c', '*b')}${level('d', '*c')}`});
  t.regex(line!, /^e\.yaml:\d+:\d+ {2}\*\w unfolds without end, or into more than 100 references$/);
});
test('a key that JavaScript reserves is a key like any other', (t) => {
  t.regex(complaints({'e.yaml': `${experiment()}__proto__: 3\n`})[0]!, /^e\.yaml:6:1 {2}__proto__: no such parameter/);
});

test('a missing file names its nearest neighbour', (t) => {
  t.regex(complaints({'d.yml': ''})[0]!, /^e\.yaml {2}does not exist; did you mean ".*d\.yml"\?$/);
});
test('a byte order mark and Windows line ends are read over', (t) => {
  const text = `\uFEFF${experiment().replaceAll('\n', '\r\n')}`;
  t.is(read({'e.yaml': text}).points.length, 1);
});

test('an experiment brings its name, its text and what it left out', (t) => {
  const text = experiment();
  const {name, source, points} = read({'e.yaml': text});
  t.is(name, 'small');
  t.is(source, text);
  const [point] = points;
  t.like(point, {
    experiment: 'small',
    dtype: 'fp16',
    kernel: 'auto',
    fidelity: 'detailed',
    launch: 'fused',
    activations: 'm-contiguous',
    l2: 'warm',
    seed: 1,
    axes: {},
  });
  t.deepEqual(point!.workload, {name: 'ffn', m: 256, n: 256, k: 256, count: 1});
  t.deepEqual(point!.pattern, {type: 'dense', values: {}});
});
test('a trace brings its pattern along, and is one point beside any number of patterns', (t) => {
  const [point] = read({'e.yaml': experiment()}).points;
  const files = {'e.yaml': experiment({workload: '[{trace: a.tvt}]', patterns: '[{type: dense}, {type: vw, n: 2, m: 4}]'})};
  inFolder(files, (folder) => {
    writeTrace(join(folder, 'a.tvt'), jobOf(point!));
    t.deepEqual(
      readExperiment(join(folder, 'e.yaml')).points.map(({pattern}) => pattern.type),
      ['trace'],
    );
  });
});
test(
  'a missing trace is refused where it is named',
  says,
  experiment({workload: '[{trace: a.tvt}]'}),
  'e.yaml:3:20  workload[0].trace: a.tvt does not exist',
);

const matrix = (fill: number): Buffer => {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (256, 256), }`.padEnd(117) + '\n';
  const data = new Float32Array(256 * 256).fill(fill);
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1'), Buffer.from(header, 'latin1'), Buffer.from(data.buffer)]);
};

test('weights come from a file beside the experiment, and its contents tell points apart', (t) => {
  const workload = '[{name: ffn, m: 256, n: 256, k: 256, importance: {file: w.npy}}]';
  const points = [1, 2].map((fill) => read({'e.yaml': experiment({workload}), 'w.npy': matrix(fill)}).points[0]!);
  const weights = points.map(({workload: gemm}) => ('importance' in gemm ? gemm.importance : undefined));
  t.true(weights[0]!.file.endsWith('w.npy'));
  t.not(weights[0]!.sha256, weights[1]!.sha256);
});

test('a file of weights that cannot be used is refused where it is named', (t) => {
  const workload = '[{name: ffn, m: 256, n: 512, k: 256, importance: {file: w.npy}}]';
  t.regex(
    complaints({'e.yaml': experiment({workload}), 'w.npy': matrix(1)})[0]!,
    /^e\.yaml:3:67 {2}workload\[0\]\.importance\.file: w\.npy holds 256×256, expected n×k = 512×256$/,
  );
  t.regex(
    complaints({'e.yaml': experiment({workload: workload.replace('file', 'flie')})}).join('\n'),
    /importance\.flie: no such parameter; did you mean "file"\?/,
  );
});

test('with ranking: global every point knows the layers it is ranked with, those at its own place of the axes', (t) => {
  const workload = '[{name: a, m: 64, n: 64, k: 64}, {name: b, m: 64, n: 64, k: 128}]';
  const keys = {workload, ranking: 'global', patterns: '[{type: tw, sparsity: 0.5}]', sweep: '{workload.n: [64, 128]}'};
  const {points} = read({'e.yaml': experiment(keys)});
  t.deepEqual(
    points.map(({layers}) => layers?.map(({name, n}) => `${name}${n}`)),
    [
      ['a64', 'b64'],
      ['a64', 'b64'],
      ['a128', 'b128'],
      ['a128', 'b128'],
    ],
  );
});

test('ranked together, layers of one experiment share its sparsity, and a protected one keeps all of its weights', (t) => {
  const workload = '[{name: a, m: 64, n: 256, k: 256}, {name: b, m: 64, n: 256, k: 512}, {name: c, m: 64, n: 64, k: 64}]';
  const patterns = '[{type: tw, sparsity: 0.75, granularity: 64}]';
  const jobs = read({'e.yaml': experiment({workload, patterns, ranking: 'global', protect: '[c]'})}).points.map((point) => jobOf(point));
  t.true(Math.abs(jobs[0]!.kept + jobs[1]!.kept - 0.25 * 256 * 768) <= 64);
  t.is(jobs[2]!.kept, 64 * 64);
  t.deepEqual(
    jobs.map(({pattern}) => pattern.label),
    ['TW 75 %', 'TW 75 %', 'TW 75 %'],
  );
  t.notRegex(jobs[2]!.trace.launches[0]!.name, /gathered/);
});

test(
  'a name that nothing has cannot be protected',
  says,
  experiment({protect: '[fnn]'}),
  'e.yaml:6:10  protect: no GEMM is called "fnn"; did you mean "ffn"?',
);

const asking = (pattern: string, more = {}) => experiment({patterns: `[{type: dense}, ${pattern}]`, ...more});
test('a pattern may be asked for the importance it retains in place of a sparsity', (t) => {
  const {points} = read({'e.yaml': asking('{type: tvw, retained: 0.5}')});
  t.deepEqual(points[1]!.pattern, {type: 'tvw', values: {retained: 0.5, granularity: 128}});
  const {pattern, retained} = jobOf(points[1]!);
  t.is(pattern.label, 'TVW keep 0.5');
  t.true((pattern['sparsity'] as number) > 0.6 && retained >= 0.5 && retained < 0.502, `${pattern['sparsity'] as number} ${retained}`);
});
test(
  'to ask for both is one too many',
  says,
  asking('{type: tw, sparsity: 0.5, retained: 0.5}'),
  'e.yaml:5:53  patterns[1].retained: stands beside a sparsity; expected one of the two',
);
test(
  '2:4 and V:N:M remove what they remove',
  says,
  asking('{type: vw, retained: 0.5}'),
  'e.yaml:5:38  patterns[1].retained: vw removes a share that its other parameters fix; expected a pattern whose sparsity can be chosen: ew, bw, tw, tew, tvw',
);
test(
  'a share that 2:4 alone loses is refused with what can be retained, where it is asked for',
  says,
  asking('{type: tvw, retained: 0.9}'),
  'e.yaml:5:49  patterns[1].retained: got 0.9, but tvw retains at most 0.776 of the importance of ffn, as it removes 0.5 of the weights or more',
);
test(
  'all of the importance is not less than all of it',
  says,
  asking('{type: tw, retained: 1}'),
  'e.yaml:5:48  patterns[1].retained: got 1, expected a share from 0 to below 1',
);
test('in a sweep such a share is a misfit, which stops no other point', (t) => {
  const files = {'e.yaml': asking('{type: tvw}', {sweep: '{pattern.retained: [0.5, 0.9]}'})};
  const {points, unfit} = read(files, {misfits: 'keep'});
  t.deepEqual([points.length, unfit.size], [3, 1]);
  t.regex([...unfit.values()][0]!, /^patterns: got 0.9, but tvw retains at most 0.776/);
});
test(
  'a published average of a pattern that is not there is refused',
  says,
  `${asking('{type: tvw, sparsity: 0.5}')}published: {source: a paper, speedups: [{pattern: tvw, over: bw, times: 2.75}]}\n`,
  'e.yaml:6:62  published.speedups[0].over: no pattern here is of type "bw"',
);
