import {execFileSync} from 'node:child_process';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import test from 'ava';
import {packageRoot} from './config/source.ts';

/**
 * Who may import whom. A layer names folders, or single files, whose values it may use; after `type`, those of which it may
 * only know the types. Layers not named here (cli) may import anything.
 */
const walls: {readonly [layer: string]: {readonly values: readonly string[]; readonly type?: readonly string[]}} = {
  // Time knows nothing, counts know nothing.
  engine: {values: []},
  stats: {values: []},
  // What a parameter, a problem, a written value are. Everything that has parameters declares them with these.
  config: {values: []},
  workload: {values: ['config']},
  pattern: {values: ['config', 'workload']},
  packing: {values: ['pattern']},
  trace: {values: ['packing', 'config', 'workload'], type: ['pattern', 'sim/job.ts']},
  gpu: {values: ['engine', 'trace', 'stats', 'config'], type: ['packing']},
  // Files of config/ that compose the schema from what every kind declares of itself: the registries, and no more of them.
  'config that composes': {
    values: ['config', 'workload', 'gpu/parameters.ts', 'pattern/index.ts', 'trace/kernel.ts'],
    type: ['sim/point.ts'],
  },
  // Of gpu/ only what can be said without time: what an SM holds, what instructions cost and count, what clock the power allows.
  oracle: {
    values: [
      'workload',
      'pattern',
      'packing',
      'trace',
      'config',
      'stats',
      'gpu/sm.ts',
      'gpu/tensor-core.ts',
      'gpu/power.ts',
      'gpu/decode.ts',
      'gpu/run.ts',
      'gpu/counters.ts',
    ],
    type: ['gpu'],
  },
  // Plays an SM and parts of a trace, follows all of it through the L2's tags, and has events of its own for tiles.
  sampled: {values: ['engine', 'gpu', 'trace', 'stats', 'oracle']},
  probes: {values: ['stats', 'engine'], type: ['gpu', 'trace', 'sim/job.ts']},
  // simulate.ts and what it reads like a table of contents: a point, a job, its measures.
  sim: {
    values: ['config', 'config that composes', 'workload', 'pattern', 'packing', 'trace', 'engine', 'gpu', 'stats', 'oracle', 'sampled', 'probes'],
  },
  // What if: traces and GPUs with one thing switched off, played like any other.
  waterfall: {values: ['sim', 'config', 'workload', 'pattern', 'packing', 'trace', 'gpu', 'stats']},
  sweep: {values: ['sim', 'config', 'config that composes', 'pattern', 'probes', 'stats', 'trace/kernel.ts']},
  reports: {values: ['stats/result.ts', 'stats/metrics.ts', 'stats/waterfall.ts', 'stats/timeline.ts', 'stats/activity.ts']},
};

const composing = ['axes', 'conditions', 'gpu', 'grid', 'keys', 'parts', 'published', 'space'].map((name) => `sim/config/${name}.ts`);

/** Folders that know each other: one of the two only by type, so that no module waits for itself to be loaded. */
const typeOnly = [
  'config that composes → sim', // the Point that its grid makes
  'probes → sim', // the Job that the invariants are about
  'trace → sim', // the Job that a trace file holds
];

interface Import {
  readonly from: string;
  readonly to: string;
  readonly type: boolean;
}

const sources = ['sim', 'reports'].flatMap((folder) =>
  readdirSync(join(packageRoot, folder), {recursive: true, encoding: 'utf8'})
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(folder, path)),
);
const text = (file: string): string => readFileSync(join(packageRoot, file), 'utf8');
/** Tests, and what only they use, may look anywhere. */
const forTests = (file: string): boolean => file.endsWith('.test.ts') || ['given.ts', 'samples.ts'].includes(basename(file));

const imports: readonly Import[] = sources.flatMap((from) =>
  [...text(from).matchAll(/^(?:import|export)\s(type\s)?(?:[^'";]*\sfrom\s)?'(\.[^']+)';|\bimport\('(\.[^']+)'\)/gm)].map(
    ([statement, type, path, lazy]) => ({from, to: join(dirname(from), (path ?? lazy)!), type: type !== undefined || onlyTypes(statement)}),
  ),
);
const walled = imports.filter(({from}) => !forTests(from));

/** `import {type A, type B} from` */
function onlyTypes(statement: string): boolean {
  const names = /^\w+ \{([^}]*)\}/
    .exec(statement)?.[1]
    ?.split(',')
    .filter((name) => name.trim() !== '');
  return names?.every((name) => name.trim().startsWith('type ')) ?? false;
}

function layerOf(file: string): string {
  if (composing.includes(file)) return 'config that composes';
  const [top, folder, ...rest] = file.split('/');
  return top === 'reports' || rest.length === 0 ? top! : folder!;
}

const isIn = (file: string, places: readonly string[]): boolean =>
  places.some((place) => place === layerOf(file) || place === file || `sim/${place}` === file);

test('who imports whom is as the design says', (t) => {
  const through = walled.filter(({from, to, type}) => {
    const wall = walls[layerOf(from)];
    if (!wall || layerOf(from) === layerOf(to)) return false;
    return !isIn(to, wall.values) && !(type && isIn(to, wall.type ?? []));
  });
  t.deepEqual(
    through.map(({from, to, type}) => `${from} imports ${type ? 'a type of ' : ''}${to}`),
    [],
  );
});

test('nothing imports the command line, or what is there for tests only', (t) => {
  t.deepEqual(
    walled.filter(({from, to}) => (layerOf(to) === 'cli' && layerOf(from) !== 'cli') || forTests(to)),
    [],
  );
});

test('no folder needs itself by way of others', (t) => {
  const needs = new Map<string, Set<string>>();
  for (const {from, to, type} of walled) {
    const [a, b] = [layerOf(from), layerOf(to)];
    if (a === b || (type && typeOnly.includes(`${a} → ${b}`))) continue;
    needs.set(a, (needs.get(a) ?? new Set()).add(b));
  }
  const round = (at: string, path: readonly string[]): readonly string[] => {
    if (path.includes(at)) return [[...path.slice(path.indexOf(at)), at].join(' → ')];
    return [...(needs.get(at) ?? [])].flatMap((next) => round(next, [...path, at]));
  };
  t.deepEqual([...new Set([...needs.keys()].flatMap((layer) => round(layer, [])))], []);
});

test('every import leads to a file', (t) => {
  t.true(imports.length > 300);
  t.deepEqual(
    imports.filter(({to}) => !existsSync(join(packageRoot, to.replace(/\.js$/, '.ts')))),
    [],
  );
});

/** Grown beyond an evening's reading; a number here is a debt, and only ever becomes smaller. */
const long: {readonly [file: string]: number} = {'sim/gpu/warp-scheduler.ts': 425};

test('a file ends before its four hundredth line', (t) => {
  const lines = (file: string) => text(file).split('\n').length - 1;
  t.deepEqual(
    sources.filter((file) => lines(file) > (long[file] ?? 400)),
    [],
  );
});

test('the simulator reads no clock and draws no number that is not seeded; a run’s own time is told by simulate.ts', (t) => {
  const host = /Math\.random|Date\.now|new Date\b|performance\.now|hrtime/;
  const told = ['sim/simulate.ts', 'sim/bench/main.ts', 'sim/bench/climb.ts', 'sim/bench/holds.ts'];
  t.deepEqual(
    sources.filter((file) => file.startsWith('sim/') && layerOf(file) !== 'cli' && !forTests(file) && !told.includes(file) && host.test(text(file))),
    [],
  );
});

test('the top of the house holds what the design names, and the tools’ own files', (t) => {
  const known = new Set(
    'configs experiments reports sim README.md LICENSE package.json package-lock.json tsconfig.json .ci .gitignore .prettierrc.json'.split(' '),
  );
  let listed: string;
  try {
    listed = execFileSync('git', ['ls-files', '-z'], {cwd: packageRoot, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']});
  } catch {
    t.pass('not a git checkout');
    return;
  }
  const tops = new Set(listed.split('\0').flatMap((file) => (file === '' ? [] : [file.split('/')[0]!])));
  t.deepEqual(
    [...tops].filter((top) => !known.has(top)),
    [],
  );
});
