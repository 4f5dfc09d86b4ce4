/**
 * Colours and type. A picture names its colours by CSS variable, so one SVG serves a light and a dark page; the hues are
 * Okabe and Ito's (2008), which stay apart for colour-blind readers, and every second of a family differs in lightness. The dark
 * ones are lighter on dark paper.
 */
export const light = {
  paper: '#ffffff', ink: '#1a1a1a', muted: '#5c6066', rule: '#d5d8dc', neutral: '#b8bcc2', 'neutral-ink': '#1a1a1a', wash: '#f5f6f7',
  'grey-1': '#5b5f66', 'grey-2': '#83878e', 'grey-3': '#aeb2b8', 'grey-4': '#d9dbdf', 'grey-1-ink': '#ffffff', 'grey-2-ink': '#000000',
  'grey-3-ink': '#000000', 'grey-4-ink': '#000000', deep: '#0072b2', purple: '#7b4a91', 'purple-ink': '#ffffff',
  brown: '#8a3b00', 'brown-ink': '#ffffff',
} as const; // prettier-ignore

export const dark: {readonly [Name in keyof typeof light]: string} = {
  paper: '#15171a', ink: '#e8e8e6', muted: '#a3a8af', rule: '#3b3f45', neutral: '#5c6168', 'neutral-ink': '#ffffff', wash: '#1d2024',
  'grey-1': '#dfe2e6', 'grey-2': '#9ea2a9', 'grey-3': '#6b6f76', 'grey-4': '#4b4f56', 'grey-1-ink': '#000000', 'grey-2-ink': '#000000',
  'grey-3-ink': '#ffffff', 'grey-4-ink': '#ffffff', deep: '#3d9bd6', purple: '#9d6cb4', 'purple-ink': '#000000',
  brown: '#b0652f', 'brown-ink': '#000000',
}; // prettier-ignore

/** Opacities of a colour that stand for nothing and for all: still a shade, and not so dark that ink no longer reads on it. */
export const shades = {least: 0.06, most: 0.83} as const;

/** A filled area and the ink that reads on it. */
export interface Paint {
  readonly fill: string;
  readonly ink: string;
}

const paint = (fill: string, ink = '#000000'): Paint => ({fill, ink});
const variable = (name: keyof typeof light, ink: keyof typeof light = 'ink'): Paint => paint(`var(--${name})`, `var(--${ink})`);

export const colours = {
  blue: paint('#0072b2', '#ffffff'),
  sky: paint('#56b4e9'),
  yellow: paint('#f0e442'),
  ochre: paint('#b89b00'),
  green: paint('#00795a', '#ffffff'),
  mint: paint('#7ad3b4'),
  orange: paint('#e69f00'),
  vermilion: paint('#d55e00'),
  brown: variable('brown', 'brown-ink'),
  pink: paint('#e3a0c6'),
  purple: variable('purple', 'purple-ink'),
  grey1: variable('grey-1', 'grey-1-ink'),
  grey2: variable('grey-2', 'grey-2-ink'),
  grey3: variable('grey-3', 'grey-3-ink'),
  grey4: variable('grey-4', 'grey-4-ink'),
  neutral: variable('neutral', 'neutral-ink'),
} as const;

/** The main series of a figure with one series; brighter on a dark page. */
export const deep = 'var(--deep)';
export const muted = 'var(--muted)';
export const rule = 'var(--rule)';
export const paper = 'var(--paper)';

/** px in the picture's own units; a figure is plotted at the width it is shown at, so these are px on the screen too. */
export const type = {label: 12.5, small: 11.5, family: "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"} as const;

/** A figure is plotted twice: for a page, and for a telephone. */
export const widths = {wide: 920, narrow: 350} as const;

const declarations = (values: {readonly [name: string]: string}) =>
  Object.entries(values)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';');

/** The variables, for a page or for a picture that stands alone. */
export const variables = `:root{color-scheme:light dark;${declarations(light)}}@media(prefers-color-scheme:dark){:root{${declarations(dark)}}}@media print{:root{color-scheme:light;${declarations(light)}}}`;

export const themes = {light, dark} as const;
export type Theme = keyof typeof themes;

/** For renderers that know no CSS variables: every one replaced by its value on a page of that theme. */
export function withoutVariables(svg: string, theme: Theme): string {
  const values: {readonly [name: string]: string} = themes[theme];
  return svg.replace(/var\(--([\w-]+)\)/g, (whole, name: string) => values[name] ?? whole);
}
