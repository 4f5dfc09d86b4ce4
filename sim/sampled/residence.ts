import {MemoryMap} from '../gpu/memory-map.ts';
import type {GpuValues} from '../gpu/parameters.ts';
import {lineBytes, SectoredCache, sectorBytes, sectorCount} from '../gpu/sectored-cache.ts';
import {launchOccupancy} from '../gpu/sm.ts';
import {topologyOf, type Topology} from '../gpu/topology.ts';
import {RecentOf} from '../trace/recent.ts';
import type {Launch, Trace} from '../trace/trace.ts';
import {viewsOf, type SliceLines, type Views} from './views.ts';

/** What L2 holds of what a trace touches, and what DRAM therefore moves. */
export interface Residence {
  /** Sectors that the slice of the reader's partition did not hold, and those of them that came from the other partition. */
  readonly missed: number;
  readonly linked: number;
  /** Bytes. */
  readonly dram: {readonly read: number; readonly written: number};
  readonly launches: readonly Origins[];
}

/** Where a launch's operands come from, as shares of what its CTAs see of them, 0…1; operand · ctas + cta. */
export interface Origins {
  /** What L2 held when the CTA's wave began. */
  readonly held: Float32Array;
  /** The same for all CTAs of a wave that share a view: what L2 lacked when it began, what DRAM delivered, what crossed between the partitions. */
  readonly fresh: Float32Array;
  readonly fromDram: Float32Array;
  readonly linked: Float32Array;
  /** CTAs with the same number see the same lines of an operand. */
  readonly view: Int32Array;
}

/**
 * Follows a trace through L2 without time, a wave of CTAs after the other: what a wave reads it reads once in each partition.
 * A K tile is found again or not whichever it is, so a wave's operands are touched whole. Looks at the lines of one slice in
 * each partition only, as slices are alike, and of many lines at some of its sets.
 */
export function residenceOf(trace: Trace, {sm, l2: cache}: Holding, l2: 'warm' | 'cold'): Residence {
  return known.get(trace, JSON.stringify([sm, cache, l2]), () => found(trace, {sm, l2: cache}, l2));
}

/** What of a GPU decides what its L2 holds. */
type Holding = Pick<GpuValues, 'sm' | 'l2'>;

/** Of one trace on GPUs that differ in other things: as many as a sweep turns to before it comes back to the first. */
const known = new RecentOf<Trace, Residence>(16);

function found(trace: Trace, gpu: Holding, l2: 'warm' | 'cold'): Residence {
  const walk = new Walk(trace, gpu);
  if (l2 === 'warm') {
    walk.end();
    walk.restart();
  }
  const launches = walk.all();
  const {missed, linked, read, written} = walk;
  const scale = gpu.l2.slices * walk.every;
  return {missed: missed * scale, linked: linked * scale, dram: {read: read * sectorBytes * scale, written: written * sectorBytes * scale}, launches};
}

class Walk {
  missed = 0;
  linked = 0;
  read = 0;
  written = 0;
  /** Sets of a slice to each that is looked at. */
  readonly every: number;
  private readonly gpu: Holding;
  private readonly map: MemoryMap;
  private readonly topology: Topology;
  private readonly tags: SectoredCache;
  private readonly launches: readonly {readonly launch: Launch; readonly views: Views}[];
  /** The wave in which an entry last got sectors. */
  private readonly filledIn: Int32Array;
  private wave = 0;
  private wavesBefore = 0;
  private sectors = 0;
  private hits = 0;

  constructor(trace: Trace, gpu: Holding) {
    this.gpu = gpu;
    const {l2} = gpu;
    this.topology = topologyOf(gpu.sm.gpcs, l2.partitions);
    this.map = new MemoryMap(l2.partitions, l2.slices);
    this.every = someSets(trace, l2.slices);
    this.tags = new SectoredCache(l2.partitions, l2.capacity / (l2.partitions * l2.slices * this.every), l2.ways, this.map.channels * this.every);
    this.filledIn = new Int32Array(l2.partitions * this.tags.entriesPerCache);
    this.launches = trace.launches.map((launch) => ({launch, views: viewsOf(trace, launch, this.map, l2.slices, this.every, stretchOf(launch))}));
  }

  restart(): void {
    this.missed = this.linked = this.read = this.written = 0;
  }

  all(): Origins[] {
    return this.launches.map(({launch, views}) => this.follow(launch, views, stretchOf(launch), 0));
  }

  /** The last waves of each launch only: so many that nothing in L2 is older. */
  end(): void {
    for (const {launch, views} of this.launches) {
      const {grid} = launch;
      const footprint = grid.base.reduce((most, base) => Math.max(most, base), 1);
      const ctas = Math.ceil((grid.ctas * turnover * this.gpu.l2.capacity) / footprint);
      this.follow(launch, views, stretchOf(launch), Math.max(0, grid.ctas - ctas));
    }
  }

  /**
   * CTAs go to the slots that come free, and all slots go on by one stretch of the main loop at a time. What a CTA stores it
   * stores at its end.
   */
  private follow(launch: Launch, views: Views, stretchSteps: number, first: number): Origins {
    const {grid, operands} = launch;
    const {sms, dispatchOrder, partitionOfSm, partitions} = this.topology;
    const slots = Math.min(grid.ctas, sms * launchOccupancy(this.gpu.sm, launch).ctas);
    const hits = new Float32Array(operands.length * grid.ctas);
    const seen = new Float32Array(operands.length * grid.ctas);
    const waves = Math.ceil(grid.ctas / slots);
    // A row of each view and wave that meet: sectors seen, looked for, not held, read from DRAM, linked.
    const rows = new Map<number, Float64Array>();
    const rowOf = (operand: number, cta: number): Float64Array => {
      const key = views.of(operand, cta) * waves + Math.floor(cta / slots);
      let row = rows.get(key);
      if (!row) rows.set(key, (row = new Float64Array(5)));
      return row;
    };
    const lastTurn = new Int32Array(views.count * partitions * views.stretches).fill(-1);
    const ctaOf = Int32Array.from({length: slots}, (_, slot) => (first + slot < grid.ctas ? first + slot : -1));
    const at = new Int32Array(slots);
    let next = first + slots;
    for (let turn = 0, running = Math.min(slots, grid.ctas - first); running > 0; turn++) {
      for (let slot = 0; slot < slots; slot++) {
        const cta = ctaOf[slot]!;
        if (cta === -1) continue;
        this.wave = 1 + Math.floor(cta / slots) + this.wavesBefore;
        const partition = partitionOfSm[dispatchOrder[slot % sms]!]!;
        const stretch = at[slot]!++;
        const ends = at[slot]! * stretchSteps >= grid.steps[cta]!;
        for (let operand = 0; operand < operands.length; operand++) {
          const stored = views.isStored(operand);
          if (stored && !ends) continue;
          const view = views.of(operand, cta);
          const part = stored ? 0 : stretch;
          const row = rowOf(operand, cta);
          row[0]! += views.sectors(view, operand, cta, part);
          const reader = (view * views.stretches + part) * partitions + partition;
          if (lastTurn[reader] === turn) continue;
          lastTurn[reader] = turn;
          this.sectors = this.hits = 0;
          const [readBefore, linkedBefore] = [this.read, this.linked];
          this.touch(views.lines(view, operand, cta), part, partition, stored);
          hits[operand * grid.ctas + cta]! += this.hits;
          seen[operand * grid.ctas + cta]! += this.sectors;
          row[1]! += this.sectors;
          row[2]! += this.sectors - this.hits;
          row[3]! += this.read - readBefore;
          row[4]! += this.linked - linkedBefore;
        }
        if (!ends) continue;
        at[slot] = 0;
        ctaOf[slot] = next < grid.ctas ? next++ : -1;
        if (ctaOf[slot] === -1) running--;
      }
    }
    this.wavesBefore += Math.ceil(grid.ctas / slots);
    const share = (part: number, of: number): Float32Array =>
      hits.map((_, at) => {
        const row = rowOf(Math.floor(at / grid.ctas), at % grid.ctas);
        return row[of]! > 0 ? row[part]! / row[of]! : 0;
      });
    return {
      held: hits.map((hit, i) => (seen[i]! > 0 ? hit / seen[i]! : 0)),
      fresh: share(2, 1),
      fromDram: share(3, 0),
      linked: share(4, 0),
      view: views.numbers,
    };
  }

  private touch({lines, sectors, homes, stretch}: SliceLines, part: number, partition: number, stored: boolean): void {
    for (let i = stretch[part]!; i < stretch[part + 1]!; i++) {
      if (stored) this.write(lines[i]!, sectors[i]!, homes[i]!);
      else this.load(lines[i]!, sectors[i]!, homes[i]!, partition);
    }
  }

  private load(line: number, sectors: number, home: number, near: number): void {
    this.sectors += sectorCount[sectors]!;
    const missing = this.fill(near, line, sectors);
    if (missing === 0) return;
    this.missed += sectorCount[missing]!;
    if (near === home) this.read += sectorCount[missing]!;
    else {
      this.linked += sectorCount[missing]!;
      this.read += sectorCount[this.fill(home, line, missing)]!;
    }
  }

  private write(line: number, sectors: number, home: number): void {
    this.fill(home, line, sectors);
    this.tags.dirty[this.tags.find(home, line)]! |= sectors;
    for (let p = 0; p < this.topology.partitions; p++) {
      const copy = p === home ? -1 : this.tags.find(p, line);
      if (copy !== -1) this.tags.valid[copy]! &= ~sectors;
    }
  }

  /** Returns the sectors that were missing. */
  private fill(cache: number, line: number, sectors: number): number {
    const {tags} = this;
    let entry = tags.find(cache, line);
    if (entry === -1) {
      entry = tags.victim(cache, line);
      this.written += sectorCount[tags.dirty[entry]!]!;
      tags.install(entry, line);
    }
    const missing = sectors & ~tags.valid[entry]!;
    if (missing !== 0) this.filledIn[entry] = this.wave;
    else if (this.filledIn[entry]! < this.wave) this.hits += sectorCount[sectors]!;
    tags.valid[entry]! |= sectors;
    return missing;
  }
}

/** K tiles of the longest main loop that are followed as one. */
function stretchOf({grid}: Launch): number {
  return Math.max(1, Math.ceil(grid.steps.reduce((most, steps) => Math.max(most, steps), 1) / stretches));
}

/** L2 capacities of new lines after which nothing of what was there before is left. */
const turnover = 3;

/** Stretches of the longest main loop: what a wave reads first is then at most a sixteenth of the loop away from where time has it. */
const stretches = 16;

/** Lines of a slice that tell what the others do; of a larger problem fewer of its sets are looked at, an eighth at the least. */
const telling = 2 ** 14;

function someSets({launches}: Trace, slices: number): number {
  const bytes = launches.reduce((most, {grid}) => grid.base.reduce((a, b) => Math.max(a, b), most), 0);
  let every = 1;
  while (every < 8 && bytes / (lineBytes * slices * every * 2) > telling) every *= 2;
  return every;
}
