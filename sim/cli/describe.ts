import {axisParameters} from '../config/axes.ts';
import {gpuNames, gpuOf, gpuParameters, readGpu, type Gpu} from '../config/gpu.ts';
import {experimentParameters} from '../config/keys.ts';
import {didYouMean, nearest} from '../config/nearest.ts';
import {parameterAt, type Parameter, type Parameters} from '../config/parameter.ts';
import {BadInput, fileProblem, type Problem} from '../config/problem.ts';
import {sweepGrammar} from '../config/space.ts';
import {entry, plain, scalar} from '../config/written.ts';
import {patterns} from '../pattern/index.ts';
import {metrics as catalogue} from '../stats/metrics.ts';
import {siteParameters} from '../sweep/site.ts';
import {kernelParameters} from '../trace/kernel.ts';
import {weightsParameters} from '../workload/weights-file.ts';
import {networks} from '../workload/networks/index.ts';
import {layerTable, networkList} from './describe-networks.ts';
import {exitCodes} from './exit.ts';
import {colours, pageWidth, table, wrap} from './table.ts';

/** Prints everything there is, or what is called `what`; a name with two meanings is described in both. Returns the exit code. */
export function describe(what?: string): number {
  const topics = allTopics();
  if (what === undefined) {
    console.log(overview(topics));
    return exitCodes.done;
  }
  const found = topics.filter(({name}) => name === what);
  const sections = found.length > 0 ? found.map((topic) => topic.text()) : pathSection(what);
  if (!sections) {
    console.error(`nothing is called "${what}"${hint(what, topics)}`);
    return exitCodes.badInput;
  }
  console.log(sections.join('\n\n'));
  return exitCodes.done;
}

interface Topic {
  readonly name: string;
  /** Shown by the overview of everything; the others are part of one that is. */
  readonly listed?: boolean;
  readonly text: () => string;
}

/** The catalogue, by whatever name. */
const metrics: {readonly [name: string]: {readonly unit: string; readonly doc: string}} = catalogue;

function allTopics(): readonly Topic[] {
  const metricRows = (names: readonly string[]) =>
    table(
      ['METRIC', 'UNIT', 'MEANING'],
      names.map((name) => [name, metrics[name]!.unit, metrics[name]!.doc]),
      60,
    );
  const patternList = () =>
    table(
      ['PATTERN', 'PARAMETERS', 'MEANING'],
      Object.values(patterns).map(({type, parameters, doc}) => [type, Object.keys(parameters).join(', '), doc]),
    );
  return [
    {
      name: 'gpus',
      listed: true,
      text: () =>
        section(
          'GPUs',
          'configs/; tvwsim describe NAME shows the values',
          table(
            ['GPU', 'DESCRIPTION'],
            gpuNames().map((name) => [name, descriptionOf(name)]),
          ),
        ),
    },
    {name: 'patterns', listed: true, text: () => section('Patterns', 'patterns: [{type: NAME, …}]', patternList())},
    {
      name: 'networks',
      listed: true,
      text: () => section('Networks', 'workload: [{network: NAME, …}]; tvwsim describe NAME lists the layers', networkList()),
    },
    ...Object.values(networks).map((network) => ({
      name: network.name,
      text: () => section(network.name, network.doc, `${parameterTable(network.parameters)}\n\n${layerTable(network)}`),
    })),
    {
      name: 'kernel',
      listed: true,
      text: () =>
        section(
          'Kernels',
          'kernel: auto, which takes the fastest predicted of those a library ships; or one written out, with these keys',
          parameterTable(kernelParameters),
        ),
    },
    {
      name: 'importance',
      listed: true,
      text: () => section('Importance', 'importance: {…} of a GEMM in workload:', parameterTable(weightsParameters)),
    },
    {name: 'experiment', listed: true, text: () => section('Experiment', 'keys of experiments/*.yaml', parameterTable(experimentParameters))},
    {
      name: 'sweep',
      text: () =>
        section(
          'sweep',
          'what stands in sweep: of an experiment; blocks are multiplied, equal points are one; --axis, --zip, --random, --latin and --where are the same',
          table(['KEY', 'IS'], Object.entries(sweepGrammar), 10),
        ),
    },
    {
      name: 'site',
      text: () => section('site', 'what a cluster wants to be told: keys of the file of --site', parameterTable(siteParameters)),
    },
    ...Object.entries(gpuParameters).map(([name, box]) => ({
      name,
      listed: true,
      text: () => section(name, `${box.doc}; gpu.${name}.… in a sweep`, parameterTable(box.members ?? {})),
    })),
    ...Object.values(patterns).map(({type, doc, parameters}) => ({
      name: type,
      text: () => section(type, doc, Object.keys(parameters).length > 0 ? parameterTable(parameters) : '  It has no parameters.'),
    })),
    ...gpuNames().map((name) => ({name, text: () => gpuText(name)})),
    ...Object.entries<Parameter<unknown>>(experimentParameters).map(([name, parameter]) => ({name, text: () => leafText(name, name, parameter)})),
    ...(Object.keys(metrics).length > 0
      ? [{name: 'metrics', listed: true, text: () => section('Metrics', 'in the metrics of a result', metricRows(Object.keys(metrics)))}]
      : []),
    ...Object.keys(metrics).map((name) => ({name, text: () => metricRows([name])})),
  ];
}

function hint(what: string, topics: readonly Topic[]): string {
  const names = [...new Set(topics.map(({name}) => name))];
  const near = nearest(what, [...names, ...leafPaths()]);
  return near === undefined ? didYouMean(what, names) : `; did you mean "${near}"?`;
}

function overview(topics: readonly Topic[]): string {
  return topics.flatMap((topic) => (topic.listed ? [topic.text()] : [])).join('\n\n');
}

/** `l2.capacity`, `gpu.l2.capacity`, `tvw.sparsity`, `kernel.stages`. */
function pathSection(what: string): readonly string[] | undefined {
  const steps = what.split('.');
  const ofPattern = Object.fromEntries(
    Object.values(patterns).map((pattern) => [pattern.type, {...axisParameters['pattern']!, members: pattern.parameters}]),
  );
  for (const [parameters, prefix, inSweep] of [
    [axisParameters, [], (path: string) => path],
    [axisParameters, ['gpu'], (path: string) => path],
    [ofPattern, [], () => `pattern.${steps.slice(1).join('.')}`],
  ] as const) {
    const path = [...prefix, ...steps];
    const found = parameterAt(parameters, path);
    if (!('lost' in found))
      return [found.members ? section(what, found.doc, parameterTable(found.members)) : leafText(what, inSweep(path.join('.')), found)];
  }
  return undefined;
}

function leafPaths(): readonly string[] {
  return Object.entries(gpuParameters).flatMap(([box, {members}]) => Object.keys(members ?? {}).map((name) => `${box}.${name}`));
}

function leafText(name: string, path: string, parameter: Parameter<unknown>): string {
  const facts = [
    ['expects', parameter.accepts],
    ...(defaultOf(parameter) === '' ? [] : [['default', defaultOf(parameter)]]),
    ...('lost' in parameterAt(axisParameters, path.split('.')) ? [] : [['in --set, --axis and sweep', path]]),
    ...gpuValuesAt(path, parameter),
  ];
  return section(name, parameter.doc, table(['', ''], facts));
}

/** What each GPU of configs/ has there. */
function gpuValuesAt(path: string, parameter: Parameter<unknown>): readonly (readonly string[])[] {
  const [root, ...inside] = path.split('.');
  if (root !== 'gpu') return [];
  return gpuNames().flatMap((name) => {
    const gpu = readNamed(name, []);
    const value = inside.reduce<unknown>((values, key) => (values as {readonly [key: string]: unknown} | undefined)?.[key], gpu?.values);
    return value === undefined ? [] : [[name, parameter.format(value)]];
  });
}

function gpuText(name: string): string {
  const problems: Problem[] = [];
  const gpu = readNamed(name, problems);
  if (!gpu) throw new BadInput(problems);
  const boxes = Object.entries(gpu.values as {readonly [box: string]: {readonly [name: string]: unknown}});
  const rows = boxes.flatMap(([box, values]) =>
    Object.entries(gpuParameters[box]!.members!).map(([key, p]) => [`${box}.${key}`, p.format(values[key]), p.doc]),
  );
  return section(name, descriptionOf(name), table(['PARAMETER', 'VALUE', 'MEANING'], rows));
}

function readNamed(name: string, problems: Problem[]): Gpu | undefined {
  const source = readGpu(scalar(name, fileProblem('', '')), '.', [], problems);
  return source && gpuOf(source, 'gpu', problems);
}

function descriptionOf(name: string): string {
  const source = readGpu(scalar(name, fileProblem('', '')), '.', [], []);
  const description = entry(source?.written, 'description');
  return description ? String(plain(description.value)) : '';
}

function parameterTable(parameters: Parameters): string {
  const rows = Object.entries(parameters).map(([name, p]) => [name, valueOf(p), defaultOf(p), p.doc]);
  return table(['PARAMETER', 'VALUE', 'DEFAULT', 'MEANING'], rows);
}

function defaultOf(parameter: Parameter<unknown>): string {
  const text = (parameter.default ?? parameter.usual) === undefined ? '' : parameter.format(parameter.default ?? parameter.usual);
  return text === '[]' || text === '{}' ? '' : text;
}

/** In a table the units say enough: 'B, KiB, MiB, GiB'. */
function valueOf({unit, accepts}: Parameter<unknown>): string {
  return unit ? accepts.replace(/^a number with a unit \((.*?)\)/, '$1') : accepts.replace(/^an? /, '');
}

function section(title: string, doc: string, body: string): string {
  return [colours.bold(title), ...wrap(doc, pageWidth - 2).map((line) => `  ${line}`), '', body].join('\n');
}
