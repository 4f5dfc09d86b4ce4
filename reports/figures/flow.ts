import * as Plot from '@observablehq/plot';
import {paleness} from '../bars.ts';
import {figure} from '../figure.ts';
import {bytes, fit, headings, three, widthOf} from '../format.ts';
import {bytesOf, operands} from '../operands.ts';
import {sheet} from '../sheet.ts';
import {about, titleOf, type Point} from '../study.ts';
import {plotted, type Svg} from '../svg.ts';
import {colours, muted, type, type Paint} from '../theme.ts';
import {extra, heading} from '../xy.ts';

/** What goes from one place to the next, or does not: bytes of an operand, and at the end MMA instructions. */
interface Part {
  readonly link: number;
  readonly name: string;
  readonly amount: number;
  readonly paint: Paint;
  readonly isSkipped?: boolean;
}

const places = ['DRAM', 'L2', 'shared memory', 'registers', 'tensor cores'] as const;
/** The link that carries instructions instead of bytes. */
const toTensor = places.length - 2;
const most = 6;
/** Share of a panel’s height below which a band cannot be seen, and has no place in the legend. */
const leastSeen = 0.003;

/** How many bytes go from place to place, and how many never set out. */
export const flow = figure<Point>('flow', {
  title: 'Bytes through the hierarchy',
  caption:
    'Bands are bytes on their way from left to right, as wide as they are many, on one scale in all panels; where a place gives out more than it got, the same bytes are read again. What ends half way was skipped: a dense operand would have taken it there; under the total of each step stands, with a minus, the total of that. From DRAM comes any operand; L2 hands rows of activations, weights, metadata and index to the SMs; shared memory gives operands to registers (weights with their metadata). The last band is MMA instructions, on a scale of its own: as wide as the widest bytes if none were skipped.',
  rows: (points) => points.filter((p) => partsOf(p).length > 0),
  most,
  plot: (points, frame) => {
    const all = points.flatMap(partsOf);
    const tallest = (of: (link: number) => boolean): number =>
      Math.max(...points.flatMap((p) => places.map((_, link) => (of(link) ? sum(partsOf(p).filter((part) => part.link === link)) : 0)))) || 1;
    const scale: Scale = {bytes: 1 / tallest((link) => link !== toTensor), mmas: 1 / tallest((link) => link === toTensor)};
    const isSeen = ({link, amount}: Part) => amount * (link === toTensor ? scale.mmas : scale.bytes) >= leastSeen;
    const names = [...new Map(all.filter((p) => !p.isSkipped && isSeen(p)).map((p) => [p.name, p.paint]))];
    return sheet(frame, {
      columns: 2,
      legend: [
        ...names.map(([label, paint]) => ({label, fill: paint.fill})),
        ...(all.some((p) => p.isSkipped) ? [{label: 'skipped (pale, ends half way)', fill: colours.blue.fill, opacity: paleness}] : []),
      ],
      panels: points.map(
        (point, i) =>
          ({width}) =>
            panel(point, width, scale, headings(points.map(titleOf), width, type.label)[i]!),
      ),
    });
  },
  data: (points) =>
    points.flatMap((p) =>
      partsOf(p).map(({link, name, amount, isSkipped = false}) => ({
        ...about(p),
        link: `${places[link]} → ${places[link + 1]}`,
        part: name,
        unit: link === toTensor ? 'instructions' : 'B',
        moved: isSkipped ? 0 : amount,
        skipped: isSkipped ? amount : 0,
      })),
    ),
});

const sum = (parts: readonly Part[]): number => parts.reduce((total, part) => total + part.amount, 0);

/** From the bottom of a stack to its top; what is skipped of an operand lies on what is not. */
function partsOf({result}: Point): readonly Part[] {
  const {metrics} = result;
  const metric = (name: string) => metrics[name] ?? 0;
  const weights = metric('tvw.register_weight_bytes');
  // Of the wavefronts of shared memory the copies that land and the results that are staged, in and out, are no reads of operands.
  const landed = metric('tvw.activation_bytes') + metric('tvw.weight_bytes') + metric('tvw.metadata_bytes');
  const read = 128 * metric('l1tex__data_pipe_lsu_wavefronts_mem_shared.sum') - landed - 2 * metric('tvw.global_store_bytes');
  const [paintOf, mmas] = [(name: string) => operands.find((o) => o.name === name)!.paint, metric('tvw.mma_issued')];
  const parts: readonly Part[] = [
    {link: 0, name: 'any operand', amount: metric('dram__bytes_read.sum'), paint: colours.neutral},
    ...operands.toReversed().flatMap((operand): Part[] => {
      const {loaded, skipped} = bytesOf(result, operand);
      const part = {link: 1, name: operand.name, paint: operand.paint};
      return [{...part, amount: loaded}, {...part, amount: skipped, isSkipped: true}]; // prettier-ignore
    }),
    {link: 2, name: 'weights', amount: weights, paint: paintOf('weights')},
    {link: 2, name: 'weights', amount: metric('tvw.register_weight_bytes_dense') - weights, paint: paintOf('weights'), isSkipped: true},
    {link: 2, name: 'activations', amount: weights > 0 ? read - weights : 0, paint: paintOf('activations')},
    {link: toTensor, name: 'MMA instructions', amount: mmas, paint: colours.purple},
    {
      link: toTensor,
      name: 'MMA instructions',
      amount: mmas > 0 ? metric('tvw.mma_dense_equivalent') - mmas : 0,
      paint: colours.purple,
      isSkipped: true,
    },
  ];
  return parts.filter((part) => part.amount > 0);
}

/** Share of a panel's height that a byte, or an instruction, takes. */
interface Scale {
  readonly bytes: number;
  readonly mmas: number;
}

/** A band between two places: where it sets out and, unless it is skipped, where it arrives; shares of the height from the middle. */
interface Band extends Part {
  readonly key: string;
  readonly wide: number;
  readonly out: number;
  readonly in: number;
}

/** Share of the way to the next place that places take, and that a skipped band makes. */
const [half, stub] = [0.045, 0.4];

function panel(point: Point, width: number, scale: Scale, title: string): Svg {
  const height = 250 + extra(title);
  const margins = {marginLeft: 22, marginRight: 44, marginTop: 66 + extra(title), marginBottom: 30};
  const down = height - margins.marginTop - margins.marginBottom;
  const across = (width - margins.marginLeft - margins.marginRight) / (places.length - 1);
  const bands = places.flatMap((_, link) => laid(partsOf(point), link, scale));
  const roomOf = (band: Band): number => (band.wide - Math.abs(band.in - band.out) / 3) * down;
  // A band alone is told by its total; one that climbs has no room for its number.
  const labelled = bands.filter(
    (band) =>
      !band.isSkipped &&
      bands.some((other) => other !== band && other.link === band.link && !other.isSkipped) &&
      roomOf(band) >= type.small + 3 &&
      widthOf(amountOf(band), type.small) < across * 0.85,
  );
  const links = places.flatMap((_, link) => {
    const [moved, skipped] = [false, true].map((is) => sum(bands.filter((band) => band.link === link && (band.isSkipped ?? false) === is)));
    const said = (amount: number) => amountOf({link, amount});
    // A warm L2 may need nothing from DRAM.
    return moved! > 0 || link === 0 ? [{link: link + 0.5, moved: said(moved!), skipped: skipped! > 0 ? `−${said(skipped!)}` : ''}] : [];
  });
  const over = {frameAnchor: 'top', lineAnchor: 'bottom', fontSize: type.small} as const;
  const toldOf = (band: Band) =>
    `${point.name}, ${places[band.link]} → ${places[band.link + 1]}, ${band.name}: ${amountOf(band)}${band.isSkipped ? ' skipped' : ''}`;
  const areas = bands.toSorted((a, b) => Number(b.isSkipped ?? false) - Number(a.isSkipped ?? false)).flatMap((band) => outline(band));
  const titles = new Map(bands.map((band) => [band.key, toldOf(band)]));
  return plotted({
    width,
    height,
    ...margins,
    x: {domain: [0, places.length - 1], axis: null},
    y: {domain: [-0.5, 0.5], axis: null},
    color: {type: 'identity'},
    opacity: {type: 'identity'},
    marks: [
      Plot.areaY(areas, {
        x: 'x',
        y1: 'from',
        y2: 'to',
        z: 'key',
        fill: 'fill',
        fillOpacity: 'opacity',
        title: (d: {key: string}) => titles.get(d.key),
      }),
      Plot.rect(
        places.flatMap((_, place) => barOf(bands, place)),
        {x1: 'from', x2: 'to', y1: 'bottom', y2: 'top', fill: muted, rx: 1},
      ),
      Plot.text(labelled, {
        x: (b: Band) => b.link + 0.5,
        y: (b: Band) => (b.in + b.out) / 2,
        text: (b: Band) =>
          roomOf(b) >= 2 * type.small + 8 && widthOf(b.name, type.small) < across * 0.85 ? `${b.name}\n${amountOf(b)}` : amountOf(b),
        fill: (b: Band) => b.paint.ink,
        fontSize: type.small,
        pointerEvents: 'none',
      }),
      Plot.text(links, {x: 'link', text: 'moved', ...over, dy: -21, fontWeight: 600}),
      Plot.text(links, {x: 'link', text: 'skipped', ...over, dy: -7, fill: muted}),
      Plot.text(places, {
        x: (_: string, place: number) => place,
        text: (name: string) => fit(across < 84 ? name.replace(/ memory$| cores$/, '') : name, across + 12, type.small),
        frameAnchor: 'bottom',
        lineAnchor: 'top',
        dy: 9,
        fontSize: type.small,
        fill: muted,
      }),
      heading(title, -margins.marginLeft, -42),
    ],
  });
}

const amountOf = ({link, amount}: Pick<Part, 'link' | 'amount'>): string =>
  link !== toTensor ? bytes(amount) : amount >= 1e6 ? `${three(amount / 1e6)}\u00a0M MMA` : `${three(amount / 1e3)}\u00a0k MMA`;

/** Bands of one link: on the left a stack of all that would set out, on the right one of what does, both about the middle. */
function laid(parts: readonly Part[], link: number, {bytes: byte, mmas}: Scale): readonly Band[] {
  const own = parts.filter((part) => part.link === link).map((part) => ({...part, wide: part.amount * (link === toTensor ? mmas : byte)}));
  const wide = (of: readonly {wide: number}[]) => of.reduce((all, part) => all + part.wide, 0);
  let [out, into] = [-wide(own) / 2, -wide(own.filter((part) => !part.isSkipped)) / 2];
  return own.map((part, i) => {
    const band = {...part, key: `${link} ${i}`, out: out + part.wide / 2, in: into + part.wide / 2};
    out += part.wide;
    if (!part.isSkipped) into += part.wide;
    return band;
  });
}

/** The two edges of a band from place to place; a skipped one keeps its height and stops. */
function outline({key, link, wide, out, in: into, paint, isSkipped}: Band) {
  const steps = isSkipped ? 1 : 24;
  return Array.from({length: steps + 1}, (_, i) => {
    const part = i / steps;
    const middle = isSkipped ? out : out + (into - out) * part * part * (3 - 2 * part);
    const x = link + half + part * (isSkipped ? stub : 1 - 2 * half);
    return {key, x, from: middle - wide / 2, to: middle + wide / 2, fill: paint.fill, opacity: isSkipped ? paleness : 1};
  });
}

/** A place as a bar, as tall as what comes to it or would leave it. */
function barOf(bands: readonly Band[], place: number) {
  const tops = bands.flatMap((b) => (b.link === place ? [b.out + b.wide / 2] : b.link === place - 1 && !b.isSkipped ? [b.in + b.wide / 2] : []));
  if (tops.length === 0) return [];
  const top = Math.max(...tops);
  return [{from: place - half / 2, to: place + half / 2, bottom: -top, top}];
}
