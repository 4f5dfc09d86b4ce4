import test from 'ava';
import {reasons} from './reasons.ts';
import {dark, light} from './theme.ts';

type Colour = readonly [number, number, number];

/** How protanopes and deuteranopes see linear RGB: Machado, Oliveira and Fernandes (2009), full severity. */
const eyes: {readonly [name: string]: readonly [Colour, Colour, Colour]} = {
  'full colour sight': [[1, 0, 0], [0, 1, 0], [0, 0, 1]], // prettier-ignore
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]], // prettier-ignore
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]], // prettier-ignore
};

function linear(hex: string): Colour {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((i) => parseInt(hex.slice(i, i + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return [r, g, b];
}

const dot = (a: Colour, b: Colour) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const luminance = (hex: string) => dot([0.2126, 0.7152, 0.0722], linear(hex));
const contrast = (a: string, b: string) => (Math.max(luminance(a), luminance(b)) + 0.05) / (Math.min(luminance(a), luminance(b)) + 0.05);

/** CIELAB under D65. */
function lab(rgb: Colour): Colour {
  const f = (v: number) => (v > 0.008856 ? Math.cbrt(v) : 7.787 * v + 16 / 116);
  const [x, y, z] = [dot([0.4124, 0.3576, 0.1805], rgb) / 0.9505, dot([0.2126, 0.7152, 0.0722], rgb), dot([0.0193, 0.1192, 0.9505], rgb) / 1.089];
  return [116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))];
}

const resolved = (colour: string, values: {readonly [name: string]: string}) => colour.replace(/^var\(--(.*)\)$/, (_, name: string) => values[name]!);

for (const [page, values] of Object.entries({light, dark})) {
  for (const [eye, matrix] of Object.entries(eyes)) {
    test(`reasons that may lie side by side stay apart on a ${page} page, seen with ${eye}`, (t) => {
      const named = Object.entries(reasons).map(([name, {paint}]) => {
        const rgb = linear(resolved(paint.fill, values));
        return {name, colour: lab([dot(matrix[0], rgb), dot(matrix[1], rgb), dot(matrix[2], rgb)])};
      });
      named.slice(1).forEach(({name, colour}, i) => {
        const before = named[i]!;
        const apart = Math.hypot(...colour.map((c, j) => c - before.colour[j]!));
        // ΔE*ab of 10 is told apart at a glance (Mokrzycki and Tatol 2011: above 5 two colours are seen).
        t.true(apart > 10, `${before.name} and ${name}: ${apart.toFixed(1)}`);
      });
    });
  }

  test(`what is written is readable on a ${page} page`, (t) => {
    for (const ink of ['ink', 'muted'] as const) t.true(contrast(values[ink], values.paper) >= 4.5, ink);
    for (const [name, {paint}] of Object.entries(reasons)) {
      const [fill, ink] = [resolved(paint.fill, values), resolved(paint.ink, values)];
      t.true(contrast(fill, ink) >= 4.5, `${name}: ${contrast(fill, ink).toFixed(2)}`);
    }
  });
}

test('what is dark on a light page stands out from a dark one by 3 to 1, as graphics should', (t) => {
  for (const name of ['deep', 'purple', 'brown'] as const) t.true(contrast(dark[name], dark.paper) >= 3, name);
});
