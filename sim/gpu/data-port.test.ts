import test from 'ava';
import type {Op} from '../trace/op.ts';
import {kernel} from './microbench/kernel.ts';
import {a100, cyclesPerTurn} from './microbench/machine.ts';
import {loadWord} from './microbench/shared-loop.ts';
import {SharedMemory} from './shared-memory.ts';
import {WindowedSharedMemory} from './windowed-shared-memory.ts';

const gpu = a100();
const fidelities = ['reference', 'detailed'] as const;

interface Loads {
  /** What each of an SM's eight warps loads in a turn, beside twelve reads of four wavefronts. */
  readonly rows: number;
  readonly bytes: number;
  readonly pitch: number;
  /** Bytes from what is loaded in a turn to what is in the next. */
  readonly onward?: number;
}

const warps = 8;
const reads = warps * 12 * 4;

/** Cycles a turn of eight warps takes that read shared memory as fast as its port lets them, and load. */
function turn({rows, bytes, pitch, onward = 0}: Loads, fidelity: (typeof fidelities)[number]): number {
  // Four lanes meet in every bank.
  const read = (i: number): Op => ({...loadWord(16)(i % 4), operand: 1}) as Op;
  const load: Op = {op: 'LDG', operand: 0, row: 0, rows, column: 0, bytes, ahead: 0, set: 5, wait: 1 << 5};
  const body: Op[] = [load, ...Array.from({length: 12}, (_, i) => read(i))];
  const loop = (turns: number) =>
    kernel({
      body: (warp) => body.map((op) => (op === load ? {...load, row: warp * rows} : op)),
      turns,
      warps,
      operands: [
        {name: 'activation', rowsPerStep: 0, bytesPerStep: onward},
        {name: 'weight', rowsPerStep: 0, bytesPerStep: 0, shared: {offset: 0, stageBytes: 65536, rowBytes: 4096}},
      ],
      views: () => [
        {base: 0, pitch, rows: warps * rows, bytes: pitch},
        {base: 2 ** 24, pitch: 4096, rows: 16, bytes: 4096},
      ],
      sharedMemoryBytes: 65536,
    });
  return cyclesPerTurn(gpu, loop, 20, 120, {l2: 'warm', fidelity});
}

for (const fidelity of fidelities) {
  test(`${fidelity}: a line that a load finds in L1 takes a cycle of the port that shared memory is read through`, (t) => {
    const cycles = turn({rows: 4, bytes: 128, pitch: 128}, fidelity);
    t.true(Math.abs(cycles - (reads + warps * 4)) <= 0.02 * cycles, `${cycles}`);
  });

  test(`${fidelity}: a line that a load brings takes two, to be written and to be read`, (t) => {
    const cycles = turn({rows: 1, bytes: 128, pitch: 2 ** 16, onward: 128}, fidelity);
    t.true(Math.abs(cycles - (reads + warps * 2)) <= 0.02 * cycles, `${cycles}`);
  });

  test(`${fidelity}: halves of lines are read two at a time where they lie in different banks, one by one where they do not`, (t) => {
    const [same, different] = [turn({rows: 8, bytes: 64, pitch: 128}, fidelity), turn({rows: 8, bytes: 64, pitch: 192}, fidelity)];
    t.true(Math.abs(same - (reads + warps * 8)) <= 0.02 * same, `${same}`);
    t.true(Math.abs(different - (reads + warps * 4)) <= 0.02 * different, `${different}`);
  });

  test(`${fidelity}: stores to shared memory wait for a place in their sub-core's queue, as reads do`, (t) => {
    const store: Op = {op: 'STS', load: false, wavefronts: 16, set: 0};
    const body: Op[] = [...Array<Op>(20).fill(store), {op: 'ALU', count: 40}];
    // Were they not to wait, a turn would be 20 issue slots and 80 cycles of additions.
    const cycles = cyclesPerTurn(gpu, (turns) => kernel({body, turns, sharedMemoryBytes: 128}), 10, 60, {fidelity});
    t.true(Math.abs(cycles - 20 * 16) <= 3, `${cycles}`);
  });
}

for (const Port of [SharedMemory, WindowedSharedMemory]) {
  test(`what comes back goes before accesses that wait, in order among themselves, and delays those who come later (${Port.name})`, (t) => {
    const port = new Port(gpu.sharedMemory, 1, 4);
    t.is(port.write(0, 100, 16), 116);
    t.is(port.takeIn(0, 101, 2), 101);
    t.is(port.takeIn(0, 101, 2), 103);
    const hit = port.readHit(0, 101, 1);
    // Windows know who comes first to 16 cycles.
    t.true(hit === 120 || (port instanceof WindowedSharedMemory && hit >= 112 + 4 && hit < 120), `${hit}`);
  });
}
