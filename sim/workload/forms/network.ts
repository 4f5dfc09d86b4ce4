import {didYouMean} from '../../config/nearest.ts';
import {text} from '../../config/parameter.ts';
import {seen} from '../../config/validate.ts';
import {entry} from '../../config/written.ts';
import {layerItems} from '../layer.ts';
import {networks} from '../networks/index.ts';
import {refuse, valuesOf, type Form} from './form.ts';

/** The layers of a network there is a table of. */
export const network: Form = {
  key: 'network',
  shown: '{network: NAME, batch?, sequence?}',
  items: (source) => {
    const named = entry(source.written, 'network')!.value;
    const name = named.kind === 'scalar' ? String(named.value) : '';
    const known = Object.hasOwn(networks, name) ? networks[name]! : undefined;
    if (!known) {
      refuse(source, 'network', `no such network: ${seen(named)}${didYouMean(name, Object.keys(networks), 'always')}`);
      return [];
    }
    const values = valuesOf(source, {network: text('which network'), ...known.parameters});
    return values ? layerItems(known.label(values), known.layers(values), source.written.at, source.path) : [];
  },
};
