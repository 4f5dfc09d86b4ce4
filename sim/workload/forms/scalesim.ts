import {basename, resolve} from 'node:path';
import {count, text} from '../../config/parameter.ts';
import {readText, shown} from '../../config/source.ts';
import {layerItems} from '../layer.ts';
import {readTopology} from '../scalesim.ts';
import {refuse, valuesOf, type Form} from './form.ts';

const parameters = {
  scalesim: text('a topology file of SCALE-Sim, convolutions or GEMMs; a layer with a sparsity of its own is run with that n:m too'),
  batch: count('images at a time; M is multiplied by it', {default: 1}),
};

/** A topology of SCALE-Sim is a network, called by its file. */
export const scalesim: Form = {
  key: 'scalesim',
  shown: '{scalesim: FILE, batch?}',
  items: (source) => {
    const values = valuesOf(source, parameters);
    if (!values) return [];
    const file = resolve(source.folder, values.scalesim);
    const read = readText(file);
    if ('failure' in read) {
      refuse(source, 'scalesim', `${shown(file)} ${read.failure}`);
      return [];
    }
    const network = `${basename(file).replace(/\.csv$/i, '')}${values.batch > 1 ? `-b${values.batch}` : ''}`;
    return layerItems(network, readTopology(read.text, file, values.batch, source.problems), source.written.at, source.path);
  },
};
