import {workloadForms} from '../workload/workload.ts';
import {publishedParameters} from './published.ts';
import {form, mapping, optional, text} from './parameter.ts';
import {settings} from './settings.ts';

const {dtype, ...others} = settings;

/** The keys of an experiment. */
export const experimentParameters = {
  name: text('what results and reports call the experiment'),
  description: text('what it asks, in a line or two', {default: ''}),
  gpu: form('a GPU, or a list of them', 'a name in configs/, the path of a .yaml file, {extends: NAME, …}, or a list of these'),
  workload: form(`a list of ${workloadForms}`, 'the GEMMs; m, n and k as in C[m×n] = A[m×k] · B[k×n], B the weights'),
  dtype,
  patterns: form('a list of patterns, such as {type: dense}', 'the kinds of sparsity to compare; of a trace, its own', {default: []}),
  kernel: form('auto, or a kernel written out', 'auto: the fastest predicted of those a library ships', {default: 'auto'}),
  ...others,
  measured: form(
    '{csv: FILE} or {ncu: FILE, kernel?}',
    'what to compare with. csv: times, in columns m, n, k, pattern, time_us (or _ns, _ms) and, if need be, gpu, dtype, name, source. ncu: what ncu --csv wrote, a launch for each point in order, of kernels whose names match a regular expression',
    {
      default: {},
    },
  ),
  published: optional(mapping(publishedParameters, 'averages over networks that a paper reports; the last table has ours beside them')),
  sweep: form(
    'axes, such as {seed: [1, 2], gpu.l2.capacity: 20..80 MiB step 20}',
    'PATH: [VALUE, …] or a range, every value with every other; or under zip, list, random or latin; where: conditions',
    {default: {}},
  ),
};
