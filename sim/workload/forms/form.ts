import {objectOf, type Parameters, type Values} from '../../config/parameter.ts';
import {problemAt, type Path, type Problem} from '../../config/problem.ts';
import {validate} from '../../config/validate.ts';
import {entry, type Mapping} from '../../config/written.ts';
import type {WorkloadItem} from '../workload.ts';

/** One way to write an item of `workload:`, told by its key. */
export interface Form {
  readonly key: string;
  /** For messages: {csv: FILE} */
  readonly shown: string;
  /** Reads the mapping that has the key into as many GEMMs as it stands for. */
  readonly items: (source: Source) => readonly WorkloadItem[];
}

/** A mapping of `workload:`, and where to tell what is wrong with it, or worth knowing. */
export interface Source {
  readonly written: Mapping;
  readonly path: Path;
  /** Files are looked for from here. */
  readonly folder: string;
  readonly problems: Problem[];
  readonly warnings: Problem[];
}

/** The values of a form's parameters; undefined: something is wrong, and told. */
export function valuesOf<P extends Parameters>({written, path, problems}: Source, parameters: P): Values<P> | undefined {
  return validate(objectOf(parameters), written, path, problems);
}

/** Tells what is wrong with the value of a key. */
export function refuse({written, path, problems}: Source, key: string, message: string): void {
  problems.push(problemAt(entry(written, key)?.value.at ?? written.at, [...path, key], message));
}
