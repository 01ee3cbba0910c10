import { existsSync } from 'node:fs';
import { findOnPath } from './executable.mjs';
import { logFile } from './log-file.mjs';
import { runChild } from './run-child.mjs';

/** dpkg takes one install at a time. @type {Promise<void>} */
let previous = Promise.resolve();

/** Whether packages of Debian (or Ubuntu) can be installed without asking anybody. */
export async function aptUsable() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && (await findOnPath('apt-get')) !== null;
}

/**
 * @param {string[]} packages
 * @param {string} part names the log
 */
export function aptInstall(packages, part) {
  const options = {
    log: logFile(part),
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  };
  const install = async () => {
    // A list that can't be refreshed may still name the package; the install says so when it doesn't.
    await runChild('apt-get', ['update'], options).catch(() => {});
    await runChild(
      'apt-get',
      ['-o', 'DPkg::Lock::Timeout=120', 'install', '-y', '--no-install-recommends', ...packages],
      options,
    );
  };
  const turn = previous.then(install);
  previous = turn.catch(() => {});
  return turn;
}
