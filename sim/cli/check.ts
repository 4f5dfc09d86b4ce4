import {gpuFileParameters, gpuOf, readGpuFile} from '../config/gpu.ts';
import {experimentParameters} from '../config/keys.ts';
import {BadInput, problemText, type Problem} from '../config/problem.ts';
import {readYaml} from '../config/yaml.ts';
import {readExperiment} from '../experiment.ts';
import {exitCodes} from './exit.ts';

/** Says of every file whether it can be used, and what is wrong with it otherwise. Returns the exit code. */
export function check(files: readonly string[]): number {
  const results = files.map((file) => {
    try {
      console.log(`${file}  ok: ${isGpu(file) ? checkGpu(file) : checkExperiment(file)}`);
      return true;
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      console.error(error.message);
      return false;
    }
  });
  return results.every(Boolean) ? exitCodes.done : exitCodes.badInput;
}

function checkExperiment(file: string): string {
  const {points, warnings, unfit} = readExperiment(file, {misfits: 'keep'});
  for (const warning of warnings) console.error(`warning: ${problemText(warning)}`);
  for (const reason of new Set(unfit.values())) console.error(`cannot be run: ${reason}`);
  return `${points.length === 1 ? '1 point' : `${points.length} points`}${unfit.size > 0 ? `, of which ${unfit.size} cannot be run` : ''}`;
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
