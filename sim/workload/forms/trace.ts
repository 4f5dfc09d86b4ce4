import {existsSync} from 'node:fs';
import {resolve} from 'node:path';
import {text} from '../../config/parameter.ts';
import {shown} from '../../config/source.ts';
import {refuse, valuesOf, type Form} from './form.ts';

const parameters = {trace: text('a file that tvwsim trace generate wrote')};

export const trace: Form = {
  key: 'trace',
  shown: '{trace: FILE}',
  items: (source) => {
    const values = valuesOf(source, parameters);
    const file = values && resolve(source.folder, values.trace);
    if (file === undefined) return [];
    if (existsSync(file)) return [{trace: shown(file)}];
    refuse(source, 'trace', `${shown(file)} does not exist`);
    return [];
  },
};
