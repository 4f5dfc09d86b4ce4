import test from 'ava';
import {didYouMean, nearest} from './nearest.ts';

test('a swap of neighbours is one slip', (t) => t.is(nearest('wt', ['vw', 'tw']), 'tw'));
test('a word is not mistaken for one it shares no letter with', (t) => t.is(nearest('xx', ['vw', 'tw']), undefined));
test('the beginning of a name is enough', (t) => t.is(nearest('v100', ['a100-pcie-80gb', 'v100-sxm2-32gb']), 'v100-sxm2-32gb'));
test('a name that a word begins is nearer than another of its length', (t) => t.is(nearest('time', ['name', 'time_us']), 'time_us'));
test('the longer a word, the more slips are forgiven', (t) => t.is(nearest('acitvatoins', ['activations', 'axes']), 'activations'));
test('capital letters are no slip worth more than a letter', (t) => t.is(nearest('SPLITK', ['splitK', 'stages']), 'splitK'));
test('where nothing is near, what is known is listed', (t) => t.is(didYouMean('zzzz', ['m', 'n']), '; known here: m, n'));
