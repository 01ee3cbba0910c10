import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { SetUpError } from './set-up-error.mjs';

/** @param {string} path */
export async function isExecutable(path) {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/**
 * @param {string} name
 * @param {(folder: string) => boolean} [use] false passes a folder of PATH over
 * @returns {Promise<string | null>}
 */
export async function findOnPath(name, use = () => true) {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    if (folder && use(folder) && (await isExecutable(join(folder, name)))) return join(folder, name);
  }
  return null;
}

/**
 * The executable a variable of the environment names. Naming one that isn't there is an error: falling through to another
 * would run something the person didn't choose.
 *
 * @param {string} part
 * @param {string} variable
 * @returns {Promise<string | null>}
 */
export async function executableFromEnvironment(part, variable) {
  const path = process.env[variable];
  if (!path) return null;
  if (await isExecutable(path)) return path;
  throw new SetUpError(part, `${variable} names ${path}, which is no executable file`, `unset ${variable}`);
}

/**
 * What `<path> <argument>` prints, or '' when it can't be run: such a file is as good as missing.
 *
 * @param {string} path
 * @param {string} argument
 * @returns {Promise<string>}
 */
export const versionOutput = (path, argument) =>
  new Promise((resolve) => {
    execFile(path, [argument], { timeout: 10_000 }, (error, stdout, stderr) => resolve(error ? '' : stdout || stderr));
  });
