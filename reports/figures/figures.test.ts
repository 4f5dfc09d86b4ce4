import test from 'ava';
import type {Figure} from '../figure.ts';
import {explanationsOf, fivePatterns, granular, sweep, unmeasured} from '../samples.ts';
import type {Result} from '../../sim/stats/result.ts';
import {csv} from '../csv.ts';
import {study} from '../study.ts';
import {standalone} from '../svg.ts';
import {widths} from '../theme.ts';
import {bytes, correlation, figures, ledger, memoryLevels, registers, speedOfLight, speedup, tiles, waterfall} from './index.ts';
import {flow} from './flow.ts';
import {granularity} from './granularity.ts';
import {keptRows} from './kept-rows.ts';
import {pareto} from './pareto.ts';
import {sparsity} from './sparsity.ts';
import {sweep as overAxes} from './sweep.ts';
import {tornado} from './tornado.ts';

const explained = (results: readonly Result[]) => study(results, explanationsOf(results));
const five = explained(fivePatterns());
const swept = explained(sweep());

/** What a figure has something to draw of, if not of five patterns. */
const subjects: {readonly [name: string]: typeof five} = {
  sweep: swept,
  tornado: swept,
  granularity: explained(granular()),
  sparsity: explained(granular()),
};
const subjectOf = ({name}: Figure) => subjects[name] ?? five;
/** Figures that have a row or a panel for every pattern, and head each group of a sweep. */
const whole = figures.filter(({name}) => !['kept-rows', 'sparsity', 'granularity', 'sweep', 'tornado'].includes(name));
const grouped = whole.filter(({name}) => !['correlation', 'waterfall', 'roofline', 'sms', 'timeline', 'flow'].includes(name));

/** The texts of a picture, with plain spaces. */
function texts(figure: Figure, points = five, width: number = widths.wide): readonly string[] {
  const markup = figure.draw(points, {width})?.outerHTML ?? '';
  return [...markup.matchAll(/<(?:text|title)[^>]*>([^<]*)</g)].map(([, text]) => text!.replace(/[\u202f\u2009]|&#160;/g, ' '));
}

for (const figure of whole) {
  for (const [name, width] of Object.entries(widths)) {
    test(`${figure.name} names every pattern at its ${name} width`, (t) => {
      const found = texts(figure, five, width);
      for (const {name: pattern} of five)
        t.true(
          found.some((text) => text.startsWith(pattern)),
          `${pattern} in ${found.join('|')}`,
        );
    });
  }
}

for (const figure of figures) {
  test(`${figure.name} is the same, byte for byte, when drawn again, and so are its data`, (t) => {
    const draw = () => standalone(figure.draw(subjectOf(figure), {width: widths.wide})!);
    t.is(draw(), draw());
    const data = () => csv(figure.data(subjectOf(figure)));
    t.is(data(), data());
    t.regex(data(), /\n.*\d/);
  });

  test(`${figure.name} keeps within its width, for a page and for a column`, (t) => {
    for (const width of Object.values(widths)) {
      const markup = figure.draw(subjectOf(figure), {width})!.outerHTML;
      t.is(Number(/ width="(\d+)"/.exec(markup)![1]), width);
      t.true([...markup.matchAll(/<svg[^>]* width="([\d.]+)"/g)].every(([, own]) => Number(own) <= width));
    }
  });

  test(`${figure.name} has nothing to draw without points`, (t) => t.is(figure.draw([], {width: widths.wide}), undefined));

  test(`${figure.name} draws no number that is none`, (t) => {
    const bare = study(fivePatterns().map((r) => ({...r, metrics: {}, ledger: {}, tiles: []})));
    for (const points of [five, swept, bare]) t.notRegex(figure.draw(points, {width: widths.narrow})?.outerHTML ?? '', /NaN|Infinity|undefined/);
  });

  test(`${figure.name} has a caption that ends its sentences`, (t) => t.regex(figure.caption, /^[A-Z].{60,}\.$/));
}

for (const figure of grouped) {
  test(`${figure.name} heads each group of a sweep`, (t) => {
    const found = texts(figure, swept);
    for (const heading of ['ffn2 · l2.capacity 20 MiB', 'qkvo · l2.capacity 40 MiB'])
      t.true(
        found.some((text) => text.includes(heading)),
        heading,
      );
  });
}

/** A sentence a figure: what must be read off it. */
const says: readonly (readonly [Figure, string, readonly string[]])[] = [
  [waterfall, 'what each effect takes from dense, or adds', ['pruned rows and columns', 'activations: L2 → SM', 'faster', '−46.0', '251.4', '98.1']],
  [speedup, 'time in µs and speed-up over dense', ['kernel time (µs)', '98.1 µs', '2.56×', '251 µs', '1.00×']],
  [ledger, 'shares in per cent and cycles', ['share of SM cycles (%)', 'tensor_active', 'long_scoreboard_index', '351 513', '75 %']],
  [bytes, 'operands, loaded and skipped', ['requested by the SMs (MB)', 'metadata', 'activations skipped', '238 MB', '75 %']],
  [memoryLevels, 'each level of the memory hierarchy', ['L2 → SM', 'L2 reads', 'DRAM reads', 'DRAM writes', 'bytes (MB)']],
  [
    registers,
    'what was stored and multiplied',
    ['Weights in registers', 'written (MB)', 'MMA instructions', 'issued (million instructions)', '1.78×', '8.00×'],
  ],
  [
    correlation,
    'how far simulated times are from measured ones',
    [
      'measured (µs)',
      'simulated (µs)',
      'error (%)',
      '5 rows: MAPE 4.8 %, r 1.000, τ 1.00',
      'ffn2 12800 × 768 × 3072, TW 75 %: 110 µs measured, 110 µs simulated, +0.0 %',
    ],
  ],
  [speedOfLight, 'the units in per cent of their peak', ['SM', 'L1', 'L2', 'DRAM', '% of peak', '77 %']],
  [
    tiles,
    'the kept rows of each tile',
    ['column of the weight matrix (n)', '1 872', '3 072', 'TW 75 %, tile 0: 1872 of 3072 rows (61 %), 128 of 256 columns kept'],
  ],
];

for (const [figure, sentence, labels] of says) {
  test(`${figure.name} says ${sentence}`, (t) => {
    const found = texts(figure);
    for (const label of labels) t.true(found.includes(label), `${label} in ${found.join('|')}`);
  });
}

test('a legend has no colour that nobody can see', (t) => {
  const tiny = study(fivePatterns().map((r) => ({...r, metrics: {...r.metrics, 'tvw.scatter_index_bytes': 300}})));
  const large = study(fivePatterns().map((r) => ({...r, metrics: {...r.metrics, 'tvw.scatter_index_bytes': 30e6}})));
  for (const figure of [bytes, flow]) {
    t.false(texts(figure, tiny).includes('scatter index'), figure.name);
    t.true(texts(figure, large).includes('scatter index'), figure.name);
  }
});

test('numbers in a column have a heading that says what they are', (t) => {
  t.true(texts(keptRows).includes('largest / mean'));
  t.deepEqual(
    ['smaller', 'fewer'].map((head) => texts(registers).includes(head)),
    [true, true],
  );
});

test('no figure takes n:m for 2:4', (t) => {
  const [dense, twoOfFour, ...rest] = fivePatterns();
  const oneOfFour = {...twoOfFour!, pattern: {...twoOfFour!.pattern, n: 1, label: '1:4'}};
  for (const figure of whole) t.notRegex(texts(figure, explained([dense!, oneOfFour, ...rest])).join('|'), /2:4/, figure.name);
});

test('few curves have their names at their ends, of many the colours say which they are', (t) => {
  const few = texts(sparsity, study(granular().filter((r) => r.pattern['granularity'] !== 128 && r.pattern['granularity'] !== 256)));
  t.deepEqual(
    few.filter((text) => /^T?V?W(, G \d+)?$/.test(text)),
    ['TW', 'TVW'],
  );
  const swatches = (points: typeof five) => (sparsity.draw(points, {width: widths.wide})!.outerHTML.match(/<rect/g) ?? []).length;
  t.is(swatches(explained(granular())), 6);
});

test('a curve of granularities is called as its pattern is, to the half per cent', (t) =>
  t.true(texts(granularity, explained(granular())).includes('TVW 87.5 %')));

test('of many points the Pareto front has its names, and a legend its colours', (t) => {
  const found = texts(pareto, explained(granular()));
  t.deepEqual(
    ['dense', 'TW', 'TVW'].map((kind) => found.includes(kind)),
    [true, true, true],
  );
  t.true(found.filter((text) => /, G \d+$/.test(text)).length < granular().length - 1);
});

test('a heading is as wide as the figure, not as its first panel', (t) => {
  const axes = (r: Result, i: number) => ({...r.axes, 'gpu.dram.bandwidth': `${1000 + i} GB/s`, 'gpu.power.limit': i % 2 ? '250 W' : '300 W'});
  const far = study(sweep().map((r, i) => ({...r, axes: axes(r, i)})));
  t.true(texts(memoryLevels, far).includes('ffn2 · l2.capacity 20 MiB · dram.bandwidth 1003 GB/s · power.limit 250 W'));
});

test('a panel says all that tells its point from the others', (t) => {
  const long = study(
    sweep().map((r, i) => ({
      ...r,
      axes: {...r.axes, 'gpu.dram.bandwidth': `${i} GB/s`, 'gpu.sm.gpcs': i % 2 ? '[8, 8, 8, 8, 8, 7, 7]' : '[16, 16, 16, 16, 16, 14, 14]'},
    })),
  );
  for (const width of Object.values(widths)) {
    const markup = flow.draw(long, {width})!.outerHTML;
    t.true(markup.includes('dram.bandwidth 3 GB/s') && markup.includes('sm.gpcs [5×8, 2×7]'), `${width} px`);
  }
});

test('times that hardly differ have hardly different shades', (t) => {
  const shades = (from: number, to: number) => {
    const points = study(
      sweep()
        .filter((r) => r.pattern.type === 'dense' && r.workload === 'ffn2')
        .flatMap((r, i) =>
          [from, to].map((time_us, j) => ({...r, digest: `${i}${j}`, time_us, axes: {...r.axes, 'gpu.dram.bandwidth': `${1 + j} TB/s`}})),
        ),
    );
    const opacities = [...overAxes.draw(points, {width: widths.wide})!.outerHTML.matchAll(/<rect fill-opacity="([\d.]+)"/g)].map(([, a]) =>
      Number(a),
    );
    return Math.max(...opacities) - Math.min(...opacities);
  };
  t.true(shades(100, 101) < 0.1, 'a hundredth');
  t.true(shades(100, 150) > 0.7, 'a half');
});

test('a tornado says in a column, too, between which values a parameter moves', (t) => {
  const found = texts(tornado, swept, widths.narrow);
  t.true(found.includes('40 to 20 MiB'), found.join('|'));
});

test('results nobody measured make no scatter', (t) => {
  t.is(correlation.draw(study(unmeasured(fivePatterns())), {width: widths.wide}), undefined);
});

test('a sampled time has its interval, in the figure and in its data', (t) => {
  const sampled = study(fivePatterns().map((r) => ({...r, metrics: {...r.metrics, 'tvw.time_relative_error_95': 0.034}})));
  t.true(texts(speedup, sampled).includes('98.1 µs ± 3.4 %'));
  t.regex(csv(speedup.data(sampled)), /relative_error_95\n.*,0\.034\n/);
  t.notRegex(texts(speedup).join(), /±/);
});

test('a title gives the cycles behind a share', (t) => {
  const tail = five[2]!.result.ledger['tail'];
  t.true(texts(ledger).some((text) => text.replaceAll(' ', '').includes(`TW75%,tail:${tail}cycles,13%`)));
});

test('a reason nobody has heard of is drawn all the same, last and in a neutral colour', (t) => {
  const [first, ...rest] = fivePatterns();
  const {tensor_active: tensor = 0, ...others} = first!.ledger;
  const odd = {...first!, ledger: {a_new_reason: 1000, tensor_active: tensor - 1000, ...others}};
  const markup = ledger.draw(study([odd, ...rest]), {width: widths.wide})!.outerHTML;
  t.true(markup.includes('var(--neutral)'));
  t.true(markup.indexOf('a_new_reason') > markup.indexOf('>idle<'));
});

test('without a dense point there is time but no speed-up', (t) => {
  const found = texts(speedup, study(fivePatterns().slice(1)));
  t.true(found.includes('98.1 µs') && found.includes('–'));
});

test('a picture of its own carries its namespace and colours, and refers to nothing outside', (t) => {
  const svg = standalone(speedup.draw(five, {width: widths.wide})!);
  t.regex(svg, /^<\?xml[^>]*>\n<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  t.regex(svg, /prefers-color-scheme:dark/);
  t.notRegex(svg.replace(/xmlns="[^"]*"/, ''), /https?:|url\(|@import|href/);
});
