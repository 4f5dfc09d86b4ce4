import {boundBy, largestLoss} from '../../reports/bound.ts';
import {bytes, percent, plain, signed, three, times, whole} from '../../reports/format.ts';
import {bytesOf, operands} from '../../reports/operands.ts';
import {ordered, reasonOf} from '../../reports/reasons.ts';
import {nameInFull, type Point} from '../../reports/study.ts';
import {effects} from '../stats/waterfall.ts';
import {exitCodes} from './exit.ts';
import {picked} from './pick.ts';
import {columns} from './columns.ts';
import {colours, pageWidth, wrap} from './table.ts';

/** Prints one point in a page of text. Without a name, the fastest of the directory. Returns the exit code. */
export async function explain(named: string): Promise<number> {
  const {points} = await picked(named);
  const fastest = points.reduce((a, b) => (b.result.time_us < a.result.time_us ? b : a));
  console.log(explanation(fastest).replaceAll('\u202f', ' ').replaceAll('\u00a0', ' ').replaceAll('\u2009', ' '));
  return exitCodes.done;
}

/** The page: what it is, how fast, what binds it; where its cycles went; why it differs from dense; what it loads. */
export function explanation(point: Point): string {
  const sections = [head(point), cycles(point), fromDense(point), loads(point), kernel(point)];
  return sections.filter((section) => section !== '').join('\n\n');
}

const section = (title: string, body: string): string => `${colours.bold(title)}\n${body}`;

function head(point: Point): string {
  const {result, dense, speedup} = point;
  const where = `${result.workload} ${result.m}×${result.n}×${result.k}, ${result.gpu}, ${result.dtype}, L2 ${result.l2}, ${result.fidelity}`;
  const against =
    dense === undefined
      ? 'no dense point to compare with'
      : dense === result
        ? 'the dense kernel itself'
        : `${times(speedup!)} the dense ${three(dense.time_us)} µs`;
  const loss = largestLoss(result);
  const sentences = [
    `${three(result.time_us)} µs, ${against}; ${boundBy(result)}.`,
    `The tensor cores work in ${percent((result.ledger['tensor_active'] ?? 0) / result.cycles)} of the SM cycles.`,
    loss && `The largest loss is ${plain(loss.reason)}, ${percent(loss.share)}: ${loss.meaning}.`,
  ];
  return section(nameInFull(point), [plain(where), ...wrap(sentences.filter(Boolean).join(' '), pageWidth)].map((line) => `  ${line}`).join('\n'));
}

function cycles({result}: Point): string {
  const rows = ordered(Object.keys(result.ledger))
    .toSorted((a, b) => result.ledger[b]! - result.ledger[a]!)
    .map((reason) => [plain(reason), whole(result.ledger[reason]!), percent(result.ledger[reason]! / result.cycles), reasonOf(reason).meaning]);
  const table = columns(['REASON', 'SM CYCLES', 'SHARE', 'MEANING'], [...rows, ['all', whole(result.cycles), '', '']]);
  return section('Where the cycles went', table);
}

function fromDense({result, dense, waterfall}: Point): string {
  if (dense === result) return '';
  if (!waterfall) return section('From dense', '  Not known: `tvwsim run --waterfall` plays the ablations and writes them beside the results.');
  const {dense: from, pattern, bars} = waterfall;
  const us = (ps: number) => (ps / 1e6).toFixed(2);
  const rows = bars
    .filter((bar) => bar.cycles !== 0 || bar.time_ps !== 0)
    .map((bar) => [
      bar.effects.map((effect) => effects[effect].label).join(' + '),
      signed(bar.cycles, whole),
      signed(bar.time_ps, us),
      bar.effects.map((effect) => effects[effect].meaning).join('; '),
    ]);
  const ends = [
    ['dense', whole(from.cycles), us(from.time_ps), ''],
    ['this pattern', whole(pattern.cycles), us(pattern.time_ps), 'dense and all the effects, exactly'],
  ];
  return section('From dense to this pattern, by ablation', columns(['EFFECT', 'SM CYCLES', 'µs', 'MEANING'], [ends[0]!, ...rows, ends[1]!]));
}

function loads({result}: Point): string {
  const rows = operands
    .map((operand) => ({operand, ...bytesOf(result, operand)}))
    .filter(({loaded, skipped}) => loaded + skipped > 0)
    .map(({operand, loaded, skipped}) => [
      operand.name,
      bytes(loaded),
      skipped > 0 ? bytes(skipped) : '–',
      skipped > 0 ? percent(skipped / (loaded + skipped)) : '–',
    ]);
  return rows.length === 0 ? '' : section('Global loads', columns(['OPERAND', 'LOADED', 'SKIPPED', 'SHARE'], rows));
}

function kernel({result: {kernel: k, tiles, clock_mhz, metrics, digest}}: Point): string {
  const rows = tiles.map((tile) => tile.rows);
  const spread = rows.length > 1 ? `${rows.length} weight tiles of ${Math.min(...rows)} to ${Math.max(...rows)} kept rows` : '';
  const power = metrics['tvw.board_power'];
  const facts = [
    `${plain(k.name)}: ${whole(k.ctas)} CTAs, ${k.ctas_per_sm} an SM at once, ${k.waves.toFixed(2)} waves, split-K ${k.splitK}${k.streamK === undefined ? '' : `, stream-K ${k.streamK}`}`,
    spread,
    `${whole(clock_mhz)} MHz${power === undefined ? '' : `, ${whole(power)} W`}`,
    `digest ${digest}`,
  ];
  return section(
    'Kernel',
    facts
      .filter(Boolean)
      .map((line) => `  ${line}`)
      .join('\n'),
  );
}
