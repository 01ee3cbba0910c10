import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { GettokError } from '../../../../manifests/gettok-error.ts';
import { imported } from './imported.ts';

const folder = join(import.meta.dirname, 'bad');
const files = readdirSync(folder).filter((name) => !name.endsWith('.txt'));

it.each(files)('says all that is wrong with %s', async (name) => {
  const message = await imported(folder, { path: name }).then(
    () => 'nothing',
    (error: unknown) => (error instanceof GettokError ? error.message : String(error)),
  );
  await expect(`${message}\n`).toMatchFileSnapshot(join(folder, `${name}.txt`));
});
