import {resolve} from 'node:path';
import {objectOf, text} from './config/parameter.ts';
import {problemAt, type Problem} from './config/problem.ts';
import {shown} from './config/source.ts';
import {validate} from './config/validate.ts';
import {entry, type Written} from './config/written.ts';
import type {Point} from './point.ts';
import {readProfile} from './profile.ts';

const parameters = {
  ncu: text('a file that ncu --csv wrote'),
  kernel: text('a regular expression for the names of the kernels meant', {default: ''}),
};

/** The points with what Nsight Compute counted: a launch each, in order. It leaves the gap between kernels out of a time; here it is put in. */
export function withProfile(points: readonly Point[], block: Written, folder: string, problems: Problem[]): readonly Point[] {
  const named = validate(objectOf(parameters), block, ['measured'], problems);
  if (!named) return points;
  const before = problems.length;
  const refuse = (key: string, message: string): void => void problems.push(problemAt(entry(block, key)!.value.at, ['measured', key], message));
  const file = resolve(folder, named.ncu);
  const all = readProfile(file, problems, (message) => refuse('ncu', message));
  const wanted = expression(named.kernel);
  if (!wanted) refuse('kernel', `"${named.kernel}" is not a regular expression`);
  if (problems.length > before || !wanted) return points;
  const launches = all.filter(({kernel}) => wanted.test(kernel));
  if (launches.length !== points.length) {
    const counts = `${launches.length} ${launches.length === 1 ? 'launch' : 'launches'} for ${points.length} ${points.length === 1 ? 'point' : 'points'}`;
    refuse('ncu', `${shown(file)} has ${counts}; they are taken in order, and kernel: REGEX picks launches by their names`);
    return points;
  }
  return points.map((point, i): Point => {
    const {metrics} = launches[i]!;
    const duration = metrics['gpu__time_duration.sum'];
    const time = duration === undefined ? {} : {measured_us: (duration + point.gpu.values.host.launchGap) / 1e3};
    return {...point, ...time, measured_metrics: metrics};
  });
}

function expression(text: string): RegExp | undefined {
  try {
    return new RegExp(text, 'u');
  } catch {
    return undefined;
  }
}
