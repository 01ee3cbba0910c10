import { access, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { SetUpError } from './set-up-error.mjs';

/** Per user and outside the checkout, so that a second clone installs nothing. */
export function cacheRoot() {
  const xdg = process.env['XDG_CACHE_HOME'];
  // The XDG specification says that a relative path is invalid and to be ignored.
  const base = xdg && isAbsolute(xdg) ? xdg : join(process.env['HOME'] || userInfo().homedir, '.cache');
  return join(base, 'gettok');
}

/**
 * @param {string} part
 * @param {string} version
 */
export const cacheFolder = (part, version) => join(cacheRoot(), `${part}-${version}`);

/**
 * Fills a folder beside its place and moves it there when it is whole, so that a half-finished install is never taken for
 * a finished one, and two set-ups at once end with one folder.
 *
 * @param {string} folder
 * @param {(partial: string) => Promise<void>} fill
 * @param {(folder: string) => Promise<boolean>} isWhole whether what is already in the place can stay
 */
export async function installInto(folder, fill, isWhole) {
  const partial = `${folder}.partial-${process.pid}`;
  await makeFolder(dirname(folder));
  await removeAbandoned(folder);
  await mkdir(partial);
  try {
    await fill(partial);
    if (await isWhole(folder)) return;
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** @param {string} folder */
async function makeFolder(folder) {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, 2);
  } catch (error) {
    throw new SetUpError(
      'cache',
      `the cache folder can't be written (${error instanceof Error ? error.message : 'no reason given'})`,
      'XDG_CACHE_HOME="$PWD/.cache" npm run demo',
    );
  }
}

/**
 * Removes what set-ups that were killed have left; one that still runs keeps its folder.
 *
 * @param {string} folder
 */
async function removeAbandoned(folder) {
  for (const name of await readdir(dirname(folder))) {
    const match = /^(.*)\.partial-(\d+)$/.exec(name);
    if (match?.[1] === basename(folder) && !isRunning(Number(match[2]))) {
      await rm(join(dirname(folder), name), { recursive: true, force: true });
    }
  }
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
