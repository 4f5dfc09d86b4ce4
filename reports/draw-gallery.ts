import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {drawGallery, folder} from './gallery.ts';

/** `npm run gallery`: draws reports/gallery again from the results that are committed there. */
for (const [name, content] of await drawGallery()) writeFileSync(join(folder, name), content);
