import {decode, type Decoded} from '../gpu/decode.ts';
import {Counters} from '../gpu/counters.ts';
import type {GpuValues} from '../gpu/parameters.ts';
import {add, nothing, type Executed, type Run} from '../gpu/run.ts';
import {launchOccupancy} from '../gpu/sm.ts';
import {Charge, reasonNames} from '../stats/ledger.ts';
import {registerBytes, registersFilled, type Op} from '../trace/op.ts';
import {filterOps, issues} from '../trace/issue.ts';
import {RecentOf} from '../trace/recent.ts';
import type {Launch, Operand, Trace} from '../trace/trace.ts';

/** Bytes of one wavefront of shared memory. */
const wavefrontBytes = 128;

/**
 * The least a trace can take, in closed form: every unit of the machine as if it alone limited and nothing were ever waited
 * for. No fidelity that plays the trace is faster. Instructions and the bytes they ask for are exact; sectors and DRAM bytes
 * are the fewest that could carry them; cycles are at the boost clock.
 */
export function bound(trace: Trace, gpu: GpuValues, elementType: string, l2: 'warm' | 'cold'): Run {
  const sms = gpu.sm.gpcs.reduce((a, b) => a + b, 0);
  let executed: Executed = nothing;
  const busy = {tensor: 0, shared: 0, crossbar: 0};
  let cycles = 0;
  for (const launch of trace.launches) {
    const decoded = decode(launch, elementType, gpu.tensorCore);
    const {counters, ...work} = workIn(launch);
    const units = unitsOf(launch, decoded, counters, work, gpu, sms);
    executed = add(executed, launch, decoded, counters);
    for (const unit of ['tensor', 'shared', 'crossbar'] as const) busy[unit] += units[unit];
    cycles += gpu.scheduler.startLatency + Math.max(...Object.values(units));
  }
  const {unique} = workIn(trace.launches[0]!);
  const compulsory = Math.max(0, l2 === 'cold' ? unique : unique - gpu.l2.capacity);
  const dram = (compulsory * gpu.clock.frequency) / gpu.dram.bandwidth;
  const whole = Math.ceil(Math.max(cycles, dram));
  const {activation, weight, metadata} = executed.requested;
  const sectors = Math.ceil((passesL1By(trace.launches[0]!) ? activation + weight + metadata : unique) / 32);
  const {ctas, limit} = launchOccupancy(gpu.sm, trace.launches[0]!);
  return {
    ...executed,
    cycles: whole,
    sectorsToL1: sectors,
    l2: {read: sectors, hit: Math.max(0, sectors - Math.ceil(compulsory / 32)), written: Math.ceil(executed.stored / 32), linked: 0},
    dram: {read: compulsory, written: 0, activations: 0},
    sharedWavefronts: busy.shared * sms,
    utilisation: {tensor: busy.tensor / whole, shared: busy.shared / whole, crossbar: busy.crossbar / whole, l2: 0, dram: dram / whole},
    ledger: ledgerOf(whole * gpu.sm.subcores, Math.floor(busy.tensor) * gpu.sm.subcores, dram >= cycles, sms),
    ctasPerSm: ctas,
    occupancyLimit: limit,
    events: 0,
    requests: 0,
  };
}

/** Of one kernel on many GPUs. */
const known = new RecentOf<Launch, ReturnType<typeof sumUp>>(1);

function workIn(launch: Launch): ReturnType<typeof sumUp> {
  return known.get(launch, '', () => sumUp(launch));
}

/** What a launch does, whatever the GPU: K tiles of its CTAs from the fewest on, what is done in each, over all of them, and their bytes. */
function sumUp(launch: Launch) {
  const {grid, programs, operands} = launch;
  const loop = loopOf(programs);
  const all = programs.flatMap((p) => p.ops);
  const counters = countersOf(launch);
  const steps = grid.steps.toSorted();
  const turns = steps.reduce((a, b) => a + b, 0);
  const ordinary = (kind: 'ALU' | 'FFMA') => turns * countOf(loop, kind) + grid.ctas * (countOf(all, kind) - countOf(loop, kind));
  return {
    counters,
    steps,
    mmas: loop.filter((op) => op.op === 'MMA').length,
    alu: ordinary('ALU'),
    ffma: ordinary('FFMA'),
    copied: operands.reduce((sum, o, i) => sum + (o.shared ? counters.requested[i]! : 0), 0),
    fragments: turns * loop.reduce((sum, op) => sum + registerBytes(op), 0),
    unique: uniqueBytes(launch),
  };
}

/** Instructions, MMAs and bytes of a launch: every CTA runs the same programs, their loop once a K tile. */
function countersOf({programs, operands, grid}: Launch): Counters {
  const counters = new Counters();
  const loop = loopOf(programs);
  const all = programs.reduce((sum, p) => sum + p.ops.length, 0);
  const steps = grid.steps.reduce((a, b) => a + b, 0);
  counters.instructions = steps * loop.length + grid.ctas * (all - loop.length);
  counters.mmas = steps * loop.filter((op) => op.op === 'MMA').length;
  const stored = new Set(programs.flatMap((p) => p.ops).flatMap((op) => (op.op === 'STG' ? [op.operand] : [])));
  for (let o = 0; o < operands.length; o++) {
    const copied = operands[o]!.shared !== undefined;
    let bytes = 0;
    for (let at = o * grid.ctas; at < (o + 1) * grid.ctas; at++) bytes += grid.rows[at]! * grid.bytes[at]!;
    if (!copied) counters.requested[o] = loadedBytes(programs, operands[o]!, o, grid);
    if (stored.has(o)) counters.stored += bytes;
    else if (copied) counters.requested[o] = bytes;
    // The loop loads each K tile's fragments once, though its last turn's come one turn early.
    counters.registers[o] = steps * loop.reduce((sum, op) => sum + ('operand' in op && op.operand === o ? registersFilled(op) : 0), 0);
  }
  return counters;
}

/** The bytes that the warps' LDG ask for: several may need the same numbers, or weights. */
function loadedBytes(programs: Launch['programs'], operand: Operand, number: number, {ctas, rows, bytes, steps}: Launch['grid']): number {
  const loads = programs.map((program) => filterOps(program, (op) => op.op === 'LDG' && op.operand === number));
  if (loads.every(({ops}) => ops.length === 0)) return 0;
  const known = new Map<string, number>();
  const ofCta = (at: number, tiles: number): number => {
    let sum = 0;
    for (const program of loads) {
      for (const {op, tile, on} of issues(program, tiles)) {
        if (!on || op.op !== 'LDG') continue;
        const along = Math.min(op.bytes, bytes[at]! - op.column - tile * operand.bytesPerStep);
        sum += Math.max(0, along) * Math.max(0, Math.min(op.rows, rows[at]! - op.row - tile * operand.rowsPerStep));
      }
    }
    return sum;
  };
  let sum = 0;
  for (let cta = 0; cta < ctas; cta++) {
    const at = number * ctas + cta;
    const key = `${rows[at]!} ${bytes[at]!} ${steps[cta]!}`;
    if (!known.has(key)) known.set(key, ofCta(at, steps[cta]!));
    sum += known.get(key)!;
  }
  return sum;
}

/** Cycles that each unit is busy at least, over the whole GPU or where it is busiest. */
function unitsOf(
  launch: Launch,
  decoded: Decoded,
  counters: Counters,
  work: Omit<ReturnType<typeof sumUp>, 'counters'>,
  gpu: GpuValues,
  sms: number,
) {
  const {grid, programs} = launch;
  const {interval, warpInterval} = decoded.mma ?? {interval: 0, warpInterval: 0};
  const {steps, mmas, alu, ffma, copied, fragments} = work;
  // Some SM gets this many CTAs; were they the shortest of all, it would still have their MMAs to do.
  const shortest = steps.slice(0, Math.ceil(grid.ctas / sms)).reduce((a, b) => a + b, 0);
  return {
    tensor: (counters.mmas * interval) / (sms * gpu.sm.subcores),
    busiestSm: (shortest * mmas * interval) / gpu.sm.subcores,
    longestWarp: (steps.at(-1)! * mmas * warpInterval) / programs.length,
    shared: (fragments + copied) / wavefrontBytes / sms,
    crossbar: passesL1By(launch) ? copied / (gpu.crossbar.gpcBandwidth * gpu.sm.gpcs.length) : 0,
    issue: counters.instructions / (sms * gpu.sm.subcores),
    alu: Math.max(alu * gpu.subcore.aluInterval, ffma * gpu.subcore.ffmaInterval) / (sms * gpu.sm.subcores),
  };
}

/** Whether K tiles come by cp.async, from L2 every time; what is loaded to registers may be found in L1. */
function passesL1By({programs, operands}: Launch): boolean {
  return !programs.some(({ops}) => ops.some((op) => op.op === 'LDG' && operands[op.operand]!.shared !== undefined));
}

/** Bytes that some CTA copies, each counted once where views begin at the same place: no kernel can do with less from DRAM. */
function uniqueBytes({operands, grid}: Launch): number {
  let unique = 0;
  operands.forEach(({shared}, o) => {
    if (!shared) return;
    const largest = new Map<number, number>();
    for (let at = o * grid.ctas; at < (o + 1) * grid.ctas; at++) {
      const bytes = grid.rows[at]! * grid.bytes[at]!;
      if (bytes > (largest.get(grid.base[at]!) ?? 0)) largest.set(grid.base[at]!, bytes);
    }
    for (const bytes of largest.values()) unique += bytes;
  });
  return unique;
}

/** The same for every SM: what the tensor pipes need, and the rest to what limits. */
function ledgerOf(all: number, tensor: number, byMemory: boolean, sms: number): number[][] {
  const row = reasonNames.map(() => 0);
  row[Charge.tensor_active] = tensor;
  row[byMemory ? Charge.long_scoreboard : Charge.tail]! += all - tensor;
  return Array.from({length: sms}, () => row);
}

/** Instructions of the integer or of the float32 pipe. */
function countOf(ops: readonly Op[], kind: 'ALU' | 'FFMA'): number {
  return ops.reduce((sum, op) => sum + (op.op === kind ? op.count : 0), 0);
}

function loopOf(programs: Launch['programs']): readonly Op[] {
  return programs.flatMap((p) => p.ops.slice(p.body, p.epilogue));
}
