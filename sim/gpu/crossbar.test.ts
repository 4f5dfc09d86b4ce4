import test from 'ava';
import type {Op} from '../trace/op.ts';
import {kernel} from './microbench/kernel.ts';
import {a100, cyclesPerTurn} from './microbench/machine.ts';
import {within} from './microbench/within.ts';
import {topologyOf} from './topology.ts';

const gpu = a100();
const {gpcOfSm, dispatchOrder, sms} = topologyOf(gpu.sm.gpcs, gpu.l2.partitions);
const warps = 16;

/** Bytes a cycle that the SMs of `readers` read together from L2, each its own 256 kB, past L1. */
function rate(readers: readonly number[]): number {
  const bytes = 512;
  const copies = (warp: number): Op[] =>
    [0, 1].map((i): Op => ({op: 'LDGSTS', operand: 0, row: 0, rows: 1, column: (warp * 2 + i) * bytes, bytes, ahead: 0}));
  const perTurn = warps * 2 * bytes;
  const loop = (turns: number) =>
    kernel({
      ctas: sms,
      warps,
      turns: (cta) => (readers.includes(dispatchOrder[cta]!) ? turns : 0),
      body: (warp) => [...copies(warp), {op: 'COMMIT'}, {op: 'DEPBAR', groups: 2}],
      operands: [{name: 'activation', rowsPerStep: 0, bytesPerStep: perTurn, shared: {offset: 0, stageBytes: perTurn, rowBytes: perTurn}}],
      views: (cta) => [{base: cta * 256 * 1024, pitch: 0, rows: 1, bytes: perTurn * turns}],
      sharedMemoryBytes: perTurn,
    });
  return (readers.length * perTurn) / cyclesPerTurn(gpu, loop, 4, 16, {l2: loop(16)});
}

test('one SM reads 64 B a cycle from L2 (NVIDIA’s whitepaper)', (t) => {
  within(t, 'B/clk', rate([0]), 64);
});

test('the SMs of one GPC share 550 B a cycle, a seventh of what all get together (gpu-benches: 5.43 TB/s)', (t) => {
  const gpc = [...gpcOfSm.keys()].filter((sm) => gpcOfSm[sm] === 0);
  within(t, 'two SMs', rate(gpc.slice(0, 2)), 128);
  within(t, 'all of a GPC', rate(gpc), 5430e9 / 7 / gpu.clock.frequency);
});
