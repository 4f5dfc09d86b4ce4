import {gpuFileParameters, gpuOf, readGpuFile} from '../config/gpu.ts';
import {experimentParameters} from '../config/keys.ts';
import {BadInput, problemText, type Problem} from '../config/problem.ts';
import {readYaml} from '../config/yaml.ts';
import {readExperiment} from '../experiment.ts';
import {nameOf} from '../sweep/name.ts';
import {exitCodes} from './exit.ts';
import {reasonsText} from './reasons-text.ts';

/** Says of every file whether it can be used, and what is wrong with it otherwise. Returns the exit code. */
export function check(files: readonly string[]): number {
  const results = files.map((file) => {
    try {
      const {says, problem} = isGpu(file) ? {says: checkGpu(file)} : checkExperiment(file);
      if (problem === undefined) console.log(`${file}  ok: ${says}`);
      else console.error(`${file}  ${says}\n${problem}`);
      return problem === undefined;
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      console.error(error.message);
      return false;
    }
  });
  return results.every(Boolean) ? exitCodes.done : exitCodes.badInput;
}

interface Verdict {
  readonly says: string;
  /** The points that cannot be run, which `run` would leave out, and why. */
  readonly problem?: string;
}

function checkExperiment(file: string): Verdict {
  const {points, warnings, unfit} = readExperiment(file, {misfits: 'keep'});
  for (const warning of warnings) console.error(`warning: ${problemText(warning)}`);
  const says = points.length === 1 ? '1 point' : `${points.length} points`;
  if (unfit.size === 0) return {says};
  const misfits = [...unfit].map(([point, reason]) => ({point: nameOf(point), reason}));
  return {says: `${says}, of which ${unfit.size} cannot be run; \`where:\` leaves them out`, problem: reasonsText(misfits, 'cannot be run', '')};
}

function checkGpu(file: string): string {
  const problems: Problem[] = [];
  const source = readGpuFile(file, problems);
  const gpu = source && gpuOf(source, '', problems);
  if (!gpu || problems.length > 0) throw new BadInput(problems);
  return `the GPU ${gpu.name}`;
}

/** Told by the keys, of which a GPU and an experiment share a few. */
function isGpu(file: string): boolean {
  const keys = readYaml(file, [])?.top.entries.keySeq().toArray() ?? [];
  const matches = (known: object) => keys.filter((key) => Object.hasOwn(known, key)).length;
  return matches({...gpuFileParameters, extends: ''}) > matches(experimentParameters);
}
