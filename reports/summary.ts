import {effects, type WaterfallBar} from '../sim/stats/waterfall.ts';
import {boundBy} from './bound.ts';
import {brief, micros, percent, signed, three, times} from './format.ts';
import {ordered, reasonOf, useful} from './reasons.ts';
import {groupsOf, type Point} from './study.ts';

/** So many groups, and so many patterns of one, are told of in sentences; more are read in the table. */
const told = 6;

/** What came out, in a few sentences: of each group the fastest pattern, and what became of its loads, registers and cycles. */
export function summary(points: readonly Point[]): readonly string[] {
  const groups = groupsOf(points);
  if (groups.length === 1) {
    const fastest = fastestOf(groups[0]!);
    return [
      [headline(fastest, groups[0]!), spared(fastest), lost(fastest)].filter(Boolean).join('. ').concat('.'),
      why(fastest),
      others(groups[0]!, fastest),
    ].filter(Boolean);
  }
  const sentences = groups
    .slice(0, told)
    .map((members) => `${[headline(fastestOf(members), members), spared(fastestOf(members))].filter(Boolean).join('; ')}.`);
  return groups.length > told ? [...sentences, `${groups.length - told} more comparisons stand in the table.`] : sentences;
}

const fastestOf = (members: readonly Point[]): Point => members.reduce((a, b) => (b.result.time_us < a.result.time_us ? b : a));

function headline({result, name, dense, speedup}: Point, members: readonly Point[]): string {
  const where = Object.entries(result.axes).map(([axis, value]) => `${brief(axis)} ${brief(value)}`);
  const on = `On ${brief(result.gpu)}${where.length > 0 ? ` with ${where.join(', ')}` : ''}`;
  const runs = `${on}, ${brief(name)} runs ${brief(result.workload)} in ${micros(result.time_us)}`;
  if (!dense) return `${runs}; no dense point was run to compare with`;
  if (result === dense) return members.length > 1 ? `${runs}, and no sparse pattern is faster` : runs;
  return `${runs}: ${times(speedup!)} dense`;
}

function spared({result: {metrics}}: Point): string {
  const skipped = metrics['tvw.load_skip_ratio'] ?? 0;
  const packed = metrics['tvw.register_compression_ratio'] ?? 1;
  const loads = skipped > 0 ? `${percent(skipped)} of the dense kernel’s global loads were never made` : '';
  const weights = packed > 1 ? `the weights in registers are packed ${times(packed)}` : '';
  return [loads, weights].filter(Boolean).join('; ');
}

/** The share of the cycles in which the tensor cores worked, and the largest of the reasons why they did not. */
function lost({result}: Point): string {
  const {ledger, cycles} = result;
  const held = ordered(Object.keys(ledger)).filter((name) => !useful.includes(name) && ledger[name]! > 0);
  if (held.length === 0) return '';
  const worst = held.reduce((a, b) => (ledger[b]! > ledger[a]! ? b : a));
  const bound = boundBy(result);
  const busy = percent((ledger['tensor_active'] ?? 0) / cycles);
  return `The tensor cores were at work in ${busy} of the SM cycles; ${bound === '' ? '' : `${bound}; `}the largest loss, ${percent(ledger[worst]! / cycles)}, is ${brief(worst)}: ${reasonOf(worst).meaning}`;
}

/** Against dense: what saves most, and what costs most. */
function why({waterfall}: Point): string {
  if (!waterfall) return '';
  const ranked = waterfall.bars.toSorted((a, b) => a.time_ps - b.time_ps);
  const said = ({effects: names, time_ps: ps}: WaterfallBar) =>
    `${names.map((name) => effects[name].label).join(' and ')} (${signed(ps / 1e6, three)}\u00a0µs)`;
  const [saves, costs] = [
    ranked.filter((bar) => bar.time_ps < 0).slice(0, 3),
    ranked
      .filter((bar) => bar.time_ps > 0)
      .slice(-2)
      .toReversed(),
  ];
  const clauses = [
    saves.length > 0 ? `what makes it faster is ${saves.map(said).join(', ')}` : '',
    costs.length > 0 ? `what holds it back is ${costs.map(said).join(', ')}` : '',
  ];
  const all = clauses.filter(Boolean).join('; ');
  return all === '' ? '' : `By ablation against dense, ${all}.`;
}

function others(members: readonly Point[], fastest: Point): string {
  const rest = members.filter((p) => p !== fastest && p.result !== p.dense && p.speedup !== undefined).toSorted((a, b) => b.speedup! - a.speedup!);
  if (rest.length === 0 || rest.length > told) return '';
  return `Against the same dense kernel: ${rest.map((p) => `${brief(p.name)} ${times(p.speedup!)}`).join(', ')}.`;
}
