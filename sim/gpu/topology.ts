/** Which SM belongs to which GPC, and which GPC to which L2 partition. */
export interface Topology {
  readonly sms: number;
  readonly gpcs: number;
  readonly partitions: number;
  readonly gpcOfSm: Uint8Array;
  readonly partitionOfSm: Uint8Array;
  /** SMs in the order in which CTAs are handed out: one of every GPC in turn. */
  readonly dispatchOrder: readonly number[];
}

/** `gpcs`: SMs in each GPC. Neighbouring GPCs share a partition; the first has the odd one. */
export function topologyOf(gpcs: readonly number[], partitions: number): Topology {
  const gpcOfSm = Uint8Array.from(gpcs.flatMap((sms, gpc) => Array<number>(sms).fill(gpc)));
  const partitionOfSm = gpcOfSm.map((gpc) => Math.floor((gpc * partitions) / gpcs.length));
  const firstSm = gpcs.map((_, gpc) => gpcs.slice(0, gpc).reduce((sum, sms) => sum + sms, 0));
  const dispatchOrder: number[] = [];
  for (let i = 0; i < Math.max(...gpcs); i++) gpcs.forEach((sms, gpc) => i < sms && dispatchOrder.push(firstSm[gpc]! + i));
  return {sms: gpcOfSm.length, gpcs: gpcs.length, partitions, gpcOfSm, partitionOfSm, dispatchOrder};
}
