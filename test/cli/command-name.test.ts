import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { commandName } from '../../cli/command-name.ts';
import { temporaryFolder } from '../datasets/parquet/temporary-folder.ts';
import { checkout } from '../manual/checkout-copy.ts';

afterEach(() => vi.unstubAllEnvs());

it('is gettok where that is this program, and the way to it where it is none or another', async () => {
  const folder = await temporaryFolder();
  for (const name of ['own', 'other', 'none']) await mkdir(join(folder, name));
  await symlink(join(checkout, 'bin/gettok'), join(folder, 'own/gettok'));
  await writeFile(join(folder, 'other/gettok'), '');
  const nameWith = (...folders: string[]) => {
    vi.stubEnv('PATH', folders.map((name) => join(folder, name)).join(delimiter));
    return commandName();
  };
  expect(nameWith('none', 'own', 'other')).toBe('gettok');
  expect(nameWith('other', 'own')).toBe('bin/gettok');
  expect(nameWith('none')).toBe('bin/gettok');
});
