import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** What GET-Tok keeps in a project folder: configuration, state of the services, their data, logs and caches. */
export const STATE_FOLDER = '.gettok';

/** The nearest folder, from `start` upwards, that holds `.gettok/`; `start` when there is none. */
export function findProjectFolder(start: string): { readonly folder: string; readonly found: boolean } {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    if (statSync(join(folder, STATE_FOLDER), { throwIfNoEntry: false })?.isDirectory()) return { folder, found: true };
    if (folder === dirname(folder)) return { folder: resolve(start), found: false };
  }
}

/**
 * Makes `.gettok/`, readable by its owner only and ignored by git: it holds credentials and data that must not be
 * committed by accident.
 */
export function makeStateFolder(project: string): string {
  const folder = join(project, STATE_FOLDER);
  mkdirSync(join(folder, 'logs'), { recursive: true, mode: 0o700 });
  const ignore = join(folder, '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
  return folder;
}
