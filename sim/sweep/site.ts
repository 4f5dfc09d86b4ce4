import {count, list, objectOf, text} from '../config/parameter.ts';
import {BadInput, type Problem} from '../config/problem.ts';
import {validate} from '../config/validate.ts';
import {readYaml} from '../config/yaml.ts';

/** What a cluster wants to be told. */
export const siteParameters = {
  partition: text('--partition of sbatch', {default: ''}),
  account: text('--account', {default: ''}),
  time: text('--time of a task, such as 01:00:00', {default: ''}),
  memory: text('--mem of a task, such as 4G', {default: ''}),
  cpus: count('--cpus-per-task: points a task simulates at the same time', {default: 1}),
  array: count('tasks that one array may have; sites set MaxArraySize, often 1001', {default: 1000}),
  atOnce: count('tasks of an array that may run at the same time', {default: 1000}),
  seconds: count('that a task should take at least, as predicted: a cluster starts a few tasks a second', {default: 60}),
  poll: count('seconds between looks at the results', {default: 5}),
  retries: count('times that what is missing is submitted again', {min: 0, default: 2}),
  extra: list(text('a line'), 'further #SBATCH lines, such as "--constraint=avx2"', {default: []}),
  setup: list(text('a line'), 'shell commands before the simulator, such as "module load node"', {default: []}),
};

const schema = objectOf(siteParameters);
export type Site = ReturnType<typeof readSite>;

/** Reads a site's file; without one, its defaults. Throws BadInput. */
export function readSite(file: string | undefined) {
  const problems: Problem[] = [];
  const top = file === undefined ? undefined : readYaml(file, problems)?.top;
  const read = top ? validate(schema, top, [], problems) : undefined;
  if (problems.length > 0) throw new BadInput(problems);
  return read ?? schema().parse({});
}
