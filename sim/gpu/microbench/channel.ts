import {Engine} from '../../engine/engine.ts';
import {DramChannel, type ChannelTiming} from '../dram-channel.ts';

/** JEDEC's gaps in ticks of a nanosecond, whole so that sums can be read off. */
export const timing: ChannelTiming = {
  burst: 2,
  tCL: 14,
  tCWL: 4,
  tRCD: 14,
  tRP: 14,
  tRAS: 33,
  tRRD: 4,
  tFAW: 20,
  tCCDL: 3,
  tRTP: 5,
  tWR: 16,
  tWTR: 6,
  tRTW: 2,
  tREFI: 3900,
  tRFC: 260,
};

/** A channel of four groups of four banks. Bank b is in group b modulo 4. */
export const geometry = {bankGroups: 4, banksPerGroup: 4, queue: 32, writeHigh: 8, writeLow: 2};

/** What a request asks for, and the tick at which the channel gets it. */
export interface Asked {
  readonly at: number;
  readonly bank: number;
  readonly row: number;
  readonly columns?: number;
  readonly write?: boolean;
}

/** A channel in the middle between two refreshes is asked; returns when the last data of each read have left, in the order asked. */
export function ask(requests: readonly Asked[]): {readonly ends: number[]; readonly channel: DramChannel} {
  const engine = new Engine();
  const step = engine.kind(() => channel.step());
  const ends: number[] = [];
  // Channel 40 of 80 refreshes half an interval after channel 0.
  const channel: DramChannel = new DramChannel(engine, 40, step, geometry, timing, (entry, _sectors, end) => (ends[entry] = end));
  const enqueue = engine.kind((i) => {
    const {bank, row, columns = 1, write = false} = requests[i]!;
    channel.enqueue(bank, row, columns, (1 << columns) - 1, write ? -1 : i);
  });
  requests.forEach(({at}, i) => engine.at(at, enqueue, i));
  engine.run();
  return {ends, channel};
}

/** Reads open rows of all banks for `ticks` without a pause; returns the share of the time that the data bus was busy. */
export function busyShare(ticks: number): number {
  const engine = new Engine();
  const step = engine.kind(() => channel.step());
  let next = 0;
  const more = (): void => channel.enqueue(next++ % 16, 0, 4, 15, next);
  const channel: DramChannel = new DramChannel(engine, 40, step, geometry, timing, () => more());
  for (let i = 0; i < geometry.queue; i++) more();
  engine.run(ticks);
  return channel.busy / ticks;
}
