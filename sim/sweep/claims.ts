import {randomUUID} from 'node:crypto';
import {closeSync, existsSync, linkSync, openSync, readFileSync, readdirSync, rmSync, rmdirSync, statSync, writeFileSync, writeSync} from 'node:fs';
import {hostname} from 'node:os';
import {join} from 'node:path';
import {makeDirectory} from '../config/directory.ts';

/** Who holds a claim: a run, by a name of its own, and the process it is. */
export interface Holder {
  readonly run: string;
  readonly host: string;
  readonly pid: number;
  /** When the process began, as its system tells; '' where it does not. A number of a process is given again one day. */
  readonly born: string;
}

/** A point that is this run's to simulate. */
export interface Claim {
  readonly release: () => void;
}

/** Seconds after which a run of another machine that gives no sign counts as dead; and between two signs. */
export const lease = {dead: 60, sign: 10} as const;

/**
 * Which run of several on one directory simulates a point. A run is a file, and a claim a hard link to it under the point's name:
 * made by one of them only, on a network's file system too, never half written, and its time of writing is that of the run's
 * last sign of life. Dead are a process of this machine that is no more, and a run of another that has given no sign for a lease.
 * The claim of a dead run is not taken away, which two could do at once, but followed by one that has the dead one in its name.
 */
export class Claims {
  private readonly folder: string;
  private readonly holder: Holder = {run: randomUUID(), host: hostname(), pid: process.pid, born: bornOf(process.pid)};
  private readonly text = JSON.stringify(this.holder);
  private readonly file: string;
  private readonly signs: NodeJS.Timeout;
  private readonly open = new Set<Claim>();
  private readonly before: ReadonlySet<string>;

  /** Claims in a directory of results; `close` ends them. */
  constructor(directory: string) {
    this.folder = join(directory, 'claims');
    this.file = join(this.folder, `run-${this.holder.run}`);
    this.before = new Set((existsSync(this.folder) ? readdirSync(this.folder) : []).map((name) => name.split('.')[0]!));
    // A run that ends may take the empty folder away in between. Where nothing can be written there are no claims either.
    for (let tries = 0; tries < 3 && !existsSync(this.file); tries++) this.begin();
    this.signs = setInterval(() => this.sign(), lease.sign * 1000).unref();
  }

  /** Whether another run had claimed a point when this one began: it is at it, or it died over it. */
  claimedBefore(name: string): boolean {
    return this.before.has(name);
  }

  /** The claim to a point; or who has it. */
  take(name: string): Claim | {readonly holder: Holder} {
    const passed: string[] = [];
    for (let path = join(this.folder, name); ;) {
      try {
        linkSync(this.file, path);
        return this.held([path, ...passed.toReversed()]);
      } catch (error) {
        const {code} = error as NodeJS.ErrnoException;
        // A file system without hard links, or one that is full: the point may be simulated twice, which costs time and no more.
        if (code !== 'EEXIST') return {release: () => undefined};
      }
      const holder = this.holderOf(path);
      if (holder === undefined) continue; // just released
      if (this.lives(path, holder)) return {holder};
      passed.push(path);
      path = `${join(this.folder, name)}.${holder.run}`;
    }
  }

  /** Gives up all that is still claimed. */
  close(): void {
    clearInterval(this.signs);
    for (const claim of this.open) claim.release();
    remove(this.file);
    try {
      rmdirSync(this.folder);
    } catch {
      // Others have claims there.
    }
  }

  /** `paths`: the last first, so that a claim is never seen without the dead ones before it. */
  private held(paths: readonly string[]): Claim {
    const claim = {
      release: () => {
        for (const path of paths) remove(path);
        this.open.delete(claim);
      },
    };
    this.open.add(claim);
    return claim;
  }

  private begin(): void {
    try {
      makeDirectory(this.folder);
      this.sweepUp();
      writeFileSync(this.file, this.text);
    } catch {
      // What cannot be written is told with the first result.
    }
  }

  /** Written anew, so that the time is that of whoever keeps the files. */
  private sign(): void {
    try {
      const file = openSync(this.file, 'r+');
      writeSync(file, this.text, 0);
      closeSync(file);
    } catch {
      // A directory that takes nothing any more says so when a result is written.
    }
  }

  private holderOf(path: string): Holder | undefined {
    try {
      return JSON.parse(readFileSync(path, 'utf8')) as Holder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      return unknown;
    }
  }

  private lives(path: string, {host, pid, born}: Holder): boolean {
    if (host === hostname()) return isAlive(pid) && bornOf(pid) === born;
    this.sign();
    const written = (file: string): number => statSync(file, {throwIfNoEntry: false})?.mtimeMs ?? 0;
    // Both times are those of the file system: clocks of machines differ.
    return written(this.file) - written(path) < lease.dead * 1000;
  }

  /** Files of runs that are no more; their claims are links, and stay until somebody follows them. */
  private sweepUp(): void {
    for (const name of existsSync(this.folder) ? readdirSync(this.folder) : []) {
      if (!name.startsWith('run-')) continue;
      const path = join(this.folder, name);
      const holder = this.holderOf(path);
      if (holder?.host === hostname() && !(isAlive(holder.pid) && bornOf(holder.pid) === holder.born)) remove(path);
    }
  }
}

/** What a directory that takes nothing any more keeps is a dead run's claim, and followed as such. */
function remove(path: string): void {
  try {
    rmSync(path, {force: true});
  } catch {
    // A result that cannot be written says so.
  }
}

/** Of a claim that nobody can read: nobody's, and of no machine. */
const unknown: Holder = {run: 'unknown', host: '', pid: 0, born: ''};

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Linux: the 22nd field of /proc/PID/stat, ticks since the machine started. */
function bornOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Behind the name, which may have brackets and spaces in it, begins the third.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // Killed, and not yet asked for by its parent.
    return fields[0] === 'Z' ? 'dead' : (fields[19] ?? '');
  } catch {
    return '';
  }
}
