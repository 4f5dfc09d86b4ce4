import type {Point} from '../point.ts';
import {axisParameters} from './axes.ts';
import {parseCondition} from './expression.ts';
import {didYouMean} from './nearest.ts';
import {parameterAt} from './parameter.ts';
import {problemAt, type Problem} from './problem.ts';
import {seen} from './validate.ts';
import type {Written} from './written.ts';

/** Reads one of `where:`: what a point has to be like. About a parameter that a point does not have it says nothing. */
export function conditionOf(written: Written, problems: Problem[]): ((point: Point) => boolean) | undefined {
  if (written.kind !== 'scalar' || typeof written.value !== 'string') {
    problems.push(problemAt(written.at, ['sweep', 'where'], `got ${seen(written)}, expected a condition, such as gpu.l2.capacity >= 20 MiB`));
    return undefined;
  }
  const condition = parseCondition(
    written.value,
    written.at,
    (name) => {
      const steps = name.split('.');
      const found = parameterAt(axisParameters, steps);
      if ('lost' in found) return {refusal: `${name}: no such parameter${didYouMean(steps[found.lost]!, found.known)}`};
      return {unit: found.unit};
    },
    problems,
  );
  return condition && ((point) => condition((path) => valueAt(point, path)) !== false);
}

/** The value a parameter has in a point, in its base unit; undefined: the point has no such parameter. */
function valueAt(point: Point, path: string): number | string | undefined {
  const [root, ...inside] = path.split('.') as [string, ...string[]];
  const part: unknown = root === 'gpu' ? point.gpu.values : root === 'pattern' ? point.pattern.values : point[root as keyof Point];
  const value = inside.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as {[key: string]: unknown})[key] : undefined),
    part,
  );
  return typeof value === 'number' || typeof value === 'string' ? value : undefined;
}
