import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {rolldown} from 'rolldown';
import {packageRoot} from '../config/source.ts';
import {simulatorVersion} from '../sweep/version.ts';

/**
 * Puts what tsc has built into few files: Node takes half a millisecond for every module that it finds, reads and links, and the
 * command and each of its threads need two hundred. A part of the build after tsc; packages stay where they are.
 */
const built = join(packageRoot, 'dist');
/** What processes and threads start from; each keeps its path (config/source.ts, `startFile`). */
const starts = ['sim/cli/main', 'sim/sweep/worker', 'sim/waterfall/worker'];

/** Packages that every command loads, and of which it needs a part. */
const whole = new Set(['commander', 'yaml', 'zod']);

const dir = join(built, 'bundle');
rmSync(dir, {recursive: true, force: true});
const bundle = await rolldown({
  input: Object.fromEntries(starts.map((start) => [start, join(built, `${start}.js`)])),
  platform: 'node',
  external: (id) => !/^[./]/.test(id) && !whole.has(id),
  transform: {define: {BUNDLED_VERSION: JSON.stringify(simulatorVersion())}},
});
await bundle.write({dir, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js'});
