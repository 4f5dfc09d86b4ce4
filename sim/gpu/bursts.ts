import type {Engine} from '../engine/engine.ts';
import {lengthened} from '../engine/slots.ts';
import type {Crossbar} from './crossbar.ts';
import type {Lines} from './l1.ts';
import type {L2Ahead} from './l2-ahead.ts';
import type {Loads} from './loads.ts';
import {sectorCount} from './sectored-cache.ts';

interface Parts {
  readonly loads: Loads;
  readonly crossbar: Crossbar;
  readonly l2: L2Ahead;
}

/** Lines that may travel together: what a copy asks for when each of its lanes asks for a line of its own. */
export const mostLines = 32;

/**
 * The lines of a copy travel together: they reach their slices one after the other, cross back as one when the last of them is
 * ready there, and land as one. Three events a copy, in the order of time as the hops of lines that travel alone.
 */
export class Bursts {
  /** Set by the machine: the lines of a burst are at their SM. */
  landed!: (load: number) => void;

  private readonly engine: Engine;
  private readonly loads: Loads;
  private readonly reach: number;
  /** Lines on their way to their slices, and their sectors; load · 32 + i. */
  private lines = new Int32Array(1024 * mostLines);
  private sectors = new Uint8Array(1024 * mostLines);

  /** `apart`: cycles between two lines of a copy. */
  constructor(engine: Engine, apart: number, {loads, crossbar, l2}: Parts) {
    this.engine = engine;
    this.loads = loads;
    const arrive = engine.kind((load) => this.landed(load));
    const respond = engine.kind((load) => {
      const at = crossbar.respondTogether(loads.sm[load]!, loads.burstLines[load]!, loads.burstSectors[load]!);
      engine.at(Math.ceil(at), arrive, load);
    });
    this.reach = engine.kind((load) => {
      const ready = l2.readTogether(loads.sm[load]!, this.lines, this.sectors, load * mostLines, loads.burstLines[load]!, apart);
      engine.at(Math.ceil(ready), respond, load);
    });
  }

  /** Notes a copy's lines. */
  prepare(sm: number, load: number, lines: Lines): void {
    const {loads} = this;
    const first = load * mostLines;
    if (first >= this.lines.length) {
      this.lines = lengthened(this.lines, loads.lines.length * mostLines);
      this.sectors = lengthened(this.sectors, this.lines.length);
    }
    let sectors = 0;
    for (let i = 0; i < lines.count; i++) {
      this.lines[first + i] = lines.line[i]!;
      this.sectors[first + i] = lines.sectors[i]!;
      sectors += sectorCount[lines.sectors[i]!]!;
    }
    loads.sm[load] = sm;
    loads.burstLines[load] = lines.count;
    loads.burstSectors[load] = sectors;
  }

  /** Sends a prepared copy's lines, of which the first reaches its slice at `time`. */
  send(load: number, time: number): void {
    this.engine.at(time, this.reach, load);
  }
}
