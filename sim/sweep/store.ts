import {createHash, randomUUID} from 'node:crypto';
import {existsSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {open, rename, rm} from 'node:fs/promises';
import {hostname} from 'node:os';
import {dirname, join} from 'node:path';
import {makeDirectory} from '../config/directory.ts';
import {canonicalJson, pointDigest, type Point} from '../point.ts';
import {isAlive} from './claims.ts';
import {decodeEntry} from './entry.ts';

/** A point's place in a store: its digest, and what the simulator's version makes of it, in hexadecimal. */
export interface Key {
  readonly point: string;
  readonly name: string;
}

/** Why a point has no result. */
export interface Failure {
  readonly point: string;
  readonly reason: string;
}

/**
 * Results by what they are of: points/ab/cdef….json is the result of one point by one version of the simulator, and never
 * changes. Written whole or not at all, so that any number of runs, on any number of machines, may share a directory, and
 * directories become one by being copied together. failures/ says of a point why it has no result yet.
 */
export class Store {
  readonly directory: string;
  readonly version: string;
  private written = 0;

  constructor(directory: string, version: string) {
    this.directory = directory;
    this.version = version;
  }

  /** A trace file counts by what is in it, not by its name; what was measured decides nothing, but stands in the result. */
  keyOf(point: Point): Key {
    const {workload} = point;
    const trace = 'trace' in workload ? createHash('sha256').update(readFileSync(workload.trace)).digest('hex') : '';
    const digest = pointDigest(point);
    const measured = canonicalJson([point.measured_us ?? null, point.measured_metrics ?? null]);
    return {point: digest, name: createHash('sha256').update(`${digest}\n${this.version}\n${trace}\n${measured}`).digest('hex')};
  }

  has(key: Key): boolean {
    return existsSync(this.fileOf(key));
  }

  /** The result as its line of results.jsonl, without the line's end. A damaged one is set aside in damaged/, and is not there any more. */
  read(key: Key): string | undefined {
    const file = this.fileOf(key);
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    const line = decodeEntry(text, key.point, this.version);
    if (line === undefined) {
      makeDirectory(join(this.directory, 'damaged'));
      renameSync(file, join(this.directory, 'damaged', `${key.name}.json`));
    }
    return line;
  }

  /** Puts what encodeEntry made of a point's result in its place. */
  write(key: Key, entry: string): Promise<void> {
    return this.put(this.fileOf(key), [entry]);
  }

  fail(key: Key, failure: Failure): Promise<void> {
    return this.put(this.failureFile(key), [`${JSON.stringify(failure)}\n`]);
  }

  /** When a point failed last; 0: it has not. */
  failedAt(key: Key): number {
    return statSync(this.failureFile(key), {throwIfNoEntry: false})?.mtimeMs ?? 0;
  }

  failure(key: Key): Failure | undefined {
    try {
      return JSON.parse(readFileSync(this.failureFile(key), 'utf8')) as Failure;
    } catch {
      return undefined;
    }
  }

  /** A point that is tried again has not failed yet. */
  forgive(key: Key): void {
    rmSync(this.failureFile(key), {force: true});
  }

  /** A file that is there whole, with what is in it on the disk, or not at all. Rejects with what the system says. */
  async put(file: string, pieces: Iterable<string>): Promise<void> {
    const unfinished = join(this.unfinished, `${hostname()}-${process.pid}-${this.written++}.tmp`);
    try {
      makeDirectory(this.unfinished);
      makeDirectory(dirname(file));
      const handle = await open(unfinished, 'w');
      try {
        // Piece by piece: all together may not fit a string.
        for (const piece of pieces) await handle.writeFile(piece);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(unfinished, file);
    } catch (error) {
      await rm(unfinished, {force: true}).catch(() => undefined);
      throw error;
    }
  }

  /** Throws what the system says where nothing can be written. */
  tryOut(): void {
    const trial = join(this.unfinished, `${randomUUID()}.tmp`);
    makeDirectory(this.unfinished);
    writeFileSync(trial, '');
    rmSync(trial);
  }

  /** Takes away what processes of this machine that are no more left half written. */
  sweepUp(): void {
    for (const name of existsSync(this.unfinished) ? readdirSync(this.unfinished) : []) {
      const [, host, pid] = /^(.*)-(\d+)-\d+\.tmp$/.exec(name) ?? [];
      if (host === hostname() && !isAlive(Number(pid))) rmSync(join(this.unfinished, name), {force: true});
    }
  }

  get results(): string {
    return join(this.directory, 'results.jsonl');
  }

  /** The results of a run that is not done, as they come. */
  get partial(): string {
    return join(this.directory, 'results.partial.jsonl');
  }

  get account(): string {
    return join(this.directory, 'run.json');
  }

  private get unfinished(): string {
    return join(this.directory, 'points', 'unfinished');
  }

  private fileOf({name}: Key): string {
    return join(this.directory, 'points', name.slice(0, 2), `${name.slice(2)}.json`);
  }

  private failureFile({name}: Key): string {
    return join(this.directory, 'failures', `${name}.json`);
  }
}
