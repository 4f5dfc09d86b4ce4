import {reusing} from '../engine/arrays.ts';
import {Engine} from '../engine/engine.ts';
import {Ledger} from '../stats/ledger.ts';
import {Addresses} from '../trace/addresses.ts';
import type {Launch, Trace} from '../trace/trace.ts';
import {countedFrom, Counters} from './counters.ts';
import {Crossbar} from './crossbar.ts';
import {CtaScheduler} from './cta-scheduler.ts';
import {decode, type Decoded} from './decode.ts';
import {DramAhead} from './dram-ahead.ts';
import {Dram} from './dram.ts';
import {GlobalAccess} from './global-access.ts';
import {Instructions} from './instructions.ts';
import {macroOps, type MacroOps} from './macro-ops.ts';
import {MacroScheduler} from './macro-scheduler.ts';
import {Bursts} from './bursts.ts';
import {L1} from './l1.ts';
import {L2Ahead} from './l2-ahead.ts';
import {L2} from './l2.ts';
import {Loads} from './loads.ts';
import {MemoryMap} from './memory-map.ts';
import type {GpuValues} from './parameters.ts';
import type {Busy, Probe} from './probe.ts';
import {Requests} from './requests.ts';
import {add, nothing, type Run} from './run.ts';
import {SharedMemory} from './shared-memory.ts';
import {launchOccupancy, requireRoom} from './sm.ts';
import {TensorCores} from './tensor-core.ts';
import {topologyOf} from './topology.ts';
import {replay} from './warm.ts';
import {WarpScheduler} from './warp-scheduler.ts';
import {WatchedScheduler} from './watched-scheduler.ts';
import {Warps} from './warps.ts';
import {WindowedSharedMemory} from './windowed-shared-memory.ts';

export interface Play {
  /** Data type of weights and activations as the tensor core's table names it: f16. */
  readonly elementType: string;
  /** warm: the L2 as the same kernel before this one left it; cold: empty; a trace: as those kernels left it. */
  readonly l2: 'warm' | 'cold' | Trace;
  readonly probes?: readonly Probe[];
  /** reference: an event per hop and decision; detailed: warps issue runs of MMAs and reads, copies' lines travel together. */
  readonly fidelity?: 'reference' | 'detailed';
  /** For what if: lines that DRAM delivers as soon as they are missed, in no time of its own. */
  readonly atHand?: (line: number) => boolean;
}

/** What sub-cores are connected to, either kind of them. */
interface Parts {
  readonly warps: Warps;
  readonly loads: Loads;
  readonly globalAccess: GlobalAccess;
  readonly l1: L1;
  readonly tensorCores: TensorCores;
  readonly ledger: Ledger;
}

/**
 * Plays a trace on a GPU. The machine of design.md §5: every box below is one file, and this one wires them.
 * Throws an Error when the kernel does not fit the GPU.
 */
export function play(trace: Trace, values: GpuValues, options: Play): Run {
  requireRoom(values.sm, trace.launches);
  return reusing(() => played(trace, values, options));
}

function played(trace: Trace, values: GpuValues, options: Play): Run {
  const engine = new Engine();
  const topology = topologyOf(values.sm.gpcs, values.l2.partitions);
  const map = new MemoryMap(values.l2.partitions, values.l2.slices);
  const requests = new Requests();
  const loads = new Loads();
  const warps = new Warps(topology.sms * values.sm.warps);
  const ledger = new Ledger(topology.sms);
  const sharedBytes = Math.max(...trace.launches.map((l) => l.sharedMemoryBytes * Math.max(1, launchOccupancy(values.sm, l).ctas)));

  const crossbar = new Crossbar(engine, values.crossbar, topology, requests);
  const {l2, dram, enough, settled, sharedMemory, subcores} = options.fidelity === 'detailed' ? ahead() : stepByStep();
  const l1 = new L1(engine, values.l1, topology.sms, Math.max(values.l1.capacity - sharedBytes, values.l1.ways * 128), {
    map,
    requests,
    loads,
    crossbar,
    sharedMemory,
  });
  const tensorCores = new TensorCores(topology.sms * values.sm.subcores);
  const globalAccess = new GlobalAccess(warps, loads, l1);
  const {instructions, schedulers, start} = subcores({warps, loads, globalAccess, l1, tensorCores, ledger});
  const ctas = new CtaScheduler(engine, values.scheduler, topology, warps, schedulers, instructions, values.sm, options.probes ?? []);

  crossbar.atSlice = (request) => l2.arrive(request);
  crossbar.atSm = (request) => l1.arrive(request);
  l2.respond = (request, time) => crossbar.respond(request, time);
  l1.complete = (load, time) => instructions.complete(load, time);
  l1.accepts = (sm) => schedulers.wakeSm(sm, engine.now);
  if (options.l2 !== 'cold') replay(options.l2 === 'warm' ? trace : options.l2, topology, values, l2, enough);

  /** Every instruction of every warp, every hop of every line. */
  function stepByStep() {
    const l2 = new L2(engine, values.l2, topology, map, requests);
    const dram = new Dram(engine, values.dram, map, values.clock.frequency);
    const {atHand} = options;
    const handed = engine.kind((argument) => l2.deliver(argument >> 4, argument & 15));
    // What DRAM has at hand comes at once; an event's argument holds an entry and its four sectors.
    l2.readDram = (line, sectors, entry, time) =>
      atHand?.(line) ? engine.at(Math.ceil(time), handed, (entry << 4) | sectors) : dram.read(line, sectors, entry, time);
    l2.writeDram = (line, sectors) => dram.write(line, sectors);
    dram.delivered = (entry, sectors) => l2.deliver(entry, sectors);
    const sharedMemory = new SharedMemory(values.sharedMemory, topology.sms, values.sm.subcores);
    const subcores = (parts: Parts) => {
      const instructions = new Instructions(engine, values.subcore, topology.sms, values.sm.subcores, {...parts, sharedMemory});
      const schedulers = new WarpScheduler(engine, values.subcore, topology.sms, values.sm.subcores, values.sm.warps, {...parts, instructions});
      const start = (_: Launch, decoded: Decoded, addresses: Addresses): Decoded => {
        instructions.running = {decoded, addresses};
        instructions.counters = new Counters();
        return decoded;
      };
      return {instructions, schedulers, start};
    };
    return {l2, dram, enough: Infinity, settled: () => engine.now, sharedMemory, subcores};
  }

  /** Runs of MMAs and reads as one event, the lines of a copy together, and what L2 and DRAM will do worked out beforehand. */
  function ahead() {
    const l2 = new L2Ahead(engine, values.l2, topology, map, requests);
    const dram = new DramAhead(values.dram, map, values.clock.frequency);
    const {atHand} = options;
    l2.readDram = (line, sectors, time) => (atHand?.(line) ? time : dram.read(line, sectors, time));
    l2.writeDram = (line, sectors, time) => dram.write(line, sectors, time);
    const sharedMemory = new WindowedSharedMemory(values.sharedMemory, topology.sms, values.sm.subcores);
    const subcores = ({warps, loads, globalAccess, l1, tensorCores, ledger}: Parts) => {
      // Written out: what is put together by spreading V8 takes for something new in every machine, and compiles the sub-cores anew.
      const parts = {warps, loads, globalAccess, l1, tensorCores, ledger, sharedMemory};
      const given = [engine, values.subcore, topology.sms, values.sm.subcores, values.sm.warps, parts] as const;
      const watch = options.probes?.find((probe) => probe.watch)?.watch;
      const both = watch ? new WatchedScheduler(watch, ...given) : new MacroScheduler(...given);
      const bursts = new Bursts(engine, 1 / values.l1.linesPerCycle, {loads, crossbar, l2});
      l1.bursts = bursts;
      bursts.landed = (load) => l1.arriveTogether(load);
      const start = (launch: Launch, decoded: Decoded, addresses: Addresses): MacroOps => {
        const macro = macroOps(launch, decoded, values.subcore.aluInterval);
        both.running = {decoded, macro, addresses};
        both.counters = countedFrom(launch, decoded);
        return macro;
      };
      return {instructions: both, schedulers: both, start};
    };
    // After twice as much as it holds, an L2 holds nothing else.
    return {l2, dram, enough: 2 * values.l2.capacity, settled: () => Math.max(l2.settled(), dram.finish()), sharedMemory, subcores};
  }

  const meters = (options.probes ?? []).flatMap(({meter}) => meter ?? []);
  let metered = 0;
  const rest = engine.kind(() => undefined);
  /** To the end of a launch, in stretches for who reads meters: none of their events is ever in the queue. */
  function runWatched(): void {
    const stretch = meters[0]?.every ?? Infinity;
    do {
      metered += stretch;
      engine.run(metered);
      if (engine.pending === 0) settle();
      for (const {read} of meters) read(metered, busyNow(), {slices: l2.slices.busy, channels: dram.totals.channels});
    } while (engine.pending > 0);
  }

  /** A launch has ended when its last stores are in memory. */
  function settle(): void {
    const end = Math.ceil(settled());
    if (end <= engine.now) return;
    engine.at(end, rest, 0);
    engine.run(metered);
  }

  function busyNow(): Busy {
    return {
      tensor: tensorCores.utilisation(1),
      shared: sharedMemory.utilisation(1),
      crossbar: crossbar.utilisation(1),
      l2: l2.utilisation(1),
      dram: dram.totals.utilisation(1),
    };
  }

  for (const probe of options.probes ?? []) probe.begun?.();
  let executed = nothing;
  for (const launch of trace.launches) {
    const decoded = decode(launch, options.elementType, values.tensorCore);
    const fits = launchOccupancy(values.sm, launch);
    const addresses = new Addresses(trace, launch);
    const places = start(launch, decoded, addresses);
    ctas.run(launch, places, fits.ctas, (values.host.launchGap / 1e9) * values.clock.frequency);
    runWatched();
    executed = add(executed, launch, decoded, instructions.counters);
  }
  // The last instruction's own cycle counts, though nothing happens at its end.
  const cycles = Math.max(engine.now, schedulers.busyUntil());
  schedulers.close(cycles, (sm) => ctas.hasWorked(sm));
  const moved = dram.totals.bytes();
  const first = launchOccupancy(values.sm, trace.launches[0]!);
  return {
    cycles,
    ...executed,
    sectorsToL1: l1.sectorsFilled,
    l2: {read: l2.sectorsRead, hit: l2.sectorsHit, written: l2.sectorsWritten, linked: l2.sectorsLinked},
    dram: {read: moved.read, written: moved.written, activations: dram.totals.activations()},
    sharedWavefronts: sharedMemory.wavefronts,
    utilisation: {
      tensor: tensorCores.utilisation(cycles),
      shared: sharedMemory.utilisation(cycles),
      crossbar: crossbar.utilisation(cycles),
      l2: l2.utilisation(cycles),
      dram: dram.totals.utilisation(cycles),
    },
    ledger: Array.from({length: topology.sms}, (_, sm) => ledger.row(sm)),
    ctasPerSm: first.ctas,
    occupancyLimit: first.limit,
    events: engine.handled,
    requests: requests.taken,
  };
}
