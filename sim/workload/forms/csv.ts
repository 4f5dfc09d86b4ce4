import {resolve} from 'node:path';
import {text} from '../../config/parameter.ts';
import {readCsv} from '../csv.ts';
import {layerParameters} from '../gemm.ts';
import {refuse, valuesOf, type Form} from './form.ts';

const {importance: _, ...columns} = layerParameters;

const parameters = {csv: text('a file with the columns name, m, n, k and optionally count, network, weights')};

/** A CSV file is as many GEMMs as it has rows. */
export const csv: Form = {
  key: 'csv',
  shown: '{csv: FILE}',
  items: (source) => {
    const values = valuesOf(source, parameters);
    if (!values) return [];
    const rows = readCsv(resolve(source.folder, values.csv), columns, source.problems, (message) => refuse(source, 'csv', message));
    return rows.map((written) => ({written, path: []}));
  },
};
