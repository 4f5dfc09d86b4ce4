import type {Probe, UnitsBusy, Worker} from '../gpu/probe.ts';
import type {Activity, ActivityRow} from '../stats/activity.ts';
import {Charge, reasonNames} from '../stats/ledger.ts';
import {Spans, type Room} from './spans.ts';

/** What is looked at: SMs, cycles, at most so many spans, and units every so many cycles. */
export interface Look {
  readonly sms: readonly number[];
  readonly from: number;
  readonly to: number;
  readonly most: number;
  readonly every: number;
}

/** Writes down what the warps of some SMs do, and the units behind them. Played again, at another clock, it begins anew. */
export function watchActivity(look: Look): {readonly activity: () => Activity; readonly probe: Probe} {
  let record = new Recording(look);
  return {
    activity: () => record.told(),
    probe: {
      begun: () => (record = new Recording(look)),
      meter: {every: look.every, read: (_, __, units) => record.read(units)},
      watch: {
        sms: new Set(look.sms),
        worked: (...moment) => record.worked(...moment),
        charged: (...moment) => record.charged(...moment),
      },
    },
  };
}

type Place = Pick<ActivityRow, 'sm' | 'subcore' | 'kind' | 'slot'>;

class Recording {
  private readonly look: Look;
  private readonly room: Room;
  private readonly rows = new Map<string, {readonly place: Place; readonly spans: Spans}>();
  /** The CTA that each warp slot last belonged to, and when it last had done something. */
  private readonly seen = new Map<string, {cta: number; until: number}>();
  private readonly slices: number[][] = [];
  private readonly channels: number[][] = [];
  private readonly activations: number[] = [];
  /** As read before. */
  private busy = {slices: [] as readonly number[], channels: [] as readonly number[], activations: 0};

  constructor(look: Look) {
    this.look = look;
    this.room = {left: look.most, leftOut: 0};
  }

  worked({sm, subcore, slot, cta}: Worker, from: number, to: number, reason: number, why: number): void {
    const warp = this.row({sm, subcore, kind: 'warp', slot});
    const key = `${sm} ${slot}`;
    const seen = this.seen.get(key);
    // A run of MMAs occupies the pipe for longer than its warp. A new CTA's warp has waited for nothing yet.
    warp.endBy(from);
    if (seen?.cta === cta) this.put(warp, seen.until, from, `wait: ${reasonNames[why]}`);
    const isMma = reason === Charge.tensor_active;
    this.put(warp, from, to, isMma ? 'MMA' : 'issue', isMma);
    if (isMma) this.put(this.row({sm, subcore, kind: 'pipe'}), from, to, 'MMA', true);
    this.seen.set(key, {cta, until: to});
  }

  charged(sm: number, subcore: number, from: number, to: number, reason: number): void {
    const [start, end] = [Math.max(from, this.look.from), Math.min(to, this.look.to)];
    if (end > start) this.row({sm, subcore, kind: 'ledger'}).replace(start, end, reasonNames[reason]!);
  }

  read({slices, channels}: UnitsBusy): void {
    const now = {
      slices: [...slices],
      channels: channels.map(({busy}) => busy),
      activations: channels.reduce((sum, of) => sum + of.activations, 0),
    };
    for (const kind of ['slices', 'channels'] as const)
      now[kind].forEach((busy, i) => (this[kind][i] ??= []).push(Math.min(1, (busy - (this.busy[kind][i] ?? 0)) / this.look.every)));
    this.activations.push(now.activations - this.busy.activations);
    this.busy = now;
  }

  told(): Activity {
    const {look, room, slices, channels, activations} = this;
    const rows = [...this.rows.values()].map(({place, spans: {start, end, what}}) => ({...place, start, end, what}));
    return {from: look.from, to: look.to, rows, leftOut: room.leftOut, units: {every: look.every, slices, channels, activations}};
  }

  /** As much of a span as is looked at. */
  private put(row: Spans, from: number, to: number, what: string, apart = false): void {
    row.put(Math.max(from, this.look.from), Math.min(to, this.look.to), what, apart);
  }

  private row(place: Place): Spans {
    const key = `${place.kind} ${place.sm} ${place.kind === 'warp' ? place.slot : place.subcore}`;
    const known = this.rows.get(key);
    if (known) return known.spans;
    const spans = new Spans(this.room);
    this.rows.set(key, {place, spans});
    return spans;
  }
}
