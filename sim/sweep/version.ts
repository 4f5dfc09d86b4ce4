import {createHash} from 'node:crypto';
import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {packageRoot} from '../config/source.ts';

/** Of what a bundle was made of (cli/bundle.ts, which puts it in its place); elsewhere there is no such variable. */
declare const BUNDLED_VERSION: string | undefined;

/**
 * The simulator that gave a result: the package's version, and a digest of the code as it was built. A result of other code
 * is another result, whatever the version says.
 */
export function simulatorVersion(): string {
  if (typeof BUNDLED_VERSION !== 'undefined') return BUNDLED_VERSION;
  const {version} = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {readonly version: string};
  const code = createHash('sha256');
  for (const file of sources()) code.update(`${file}\0`).update(readFileSync(join(folder, file)));
  return `${version}+${code.digest('hex').slice(0, 12)}`;
}

const folder = fileURLToPath(new URL('..', import.meta.url));

/** All that may decide a result: neither the command line, nor who runs many points, nor tests. */
function sources(): readonly string[] {
  return readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .filter((file) => file.endsWith('.js') && !/^(cli|sweep)\/|\.test\.js$|(^|\/)(given|bench)\.js$/.test(file))
    .sort();
}
