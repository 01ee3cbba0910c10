import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { checkoutFolder, setUpCommand } from './checkout-folder.mjs';
import { findOnPath } from './executable.mjs';
import { logFile } from './log-file.mjs';
import { ChildFailedError, runChild } from './run-child.mjs';
import { SetUpError } from './set-up-error.mjs';

const modules = join(checkoutFolder, 'node_modules');
const lock = join(checkoutFolder, 'package-lock.json');
/** Inside node_modules, so that it goes when they go; written last, so that it means all of them. */
const stamp = join(modules, '.gettok-set-up');

const outside = (/** @type {string} */ folder) => !`${folder}${sep}`.startsWith(modules + sep);
const lockDigest = () => createHash('sha256').update(readFileSync(lock)).digest('hex');

/** @returns {import('./part.mjs').Found | null} */
export function findPackages() {
  if (!existsSync(lock)) return null;
  const digest = lockDigest();
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== digest) {
    if (!matchesLock()) return null;
    writeFileSync(stamp, digest);
  }
  return { version: `lock ${digest.slice(0, 8)}`, from: 'npm', path: modules };
}

/**
 * Whether npm's own record of what it installed says the same as the lock file: then node_modules made by `npm install`
 * are left alone. Optional packages may be missing, those for other platforms always are.
 */
function matchesLock() {
  const record = join(modules, '.package-lock.json');
  if (!existsSync(record) || !existsSync(join(modules, '.bin', 'node'))) return false;
  const wanted = JSON.parse(readFileSync(lock, 'utf8')).packages;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  return Object.keys(wanted).every((path) => {
    if (path === '') return true;
    const there = installed[path];
    return there
      ? there.integrity === wanted[path].integrity && there.version === wanted[path].version
      : wanted[path].optional;
  });
}

/** @type {Promise<import('./part.mjs').Found> | undefined} */
let installing;

/**
 * `npm install --no-save`, once however many parts ask for it.
 *
 * Not `npm ci`: it refuses a lock file without entries for the optional packages of other platforms, and npm leaves those
 * out wherever the registry does not hold them. What was installed is compared with the lock file afterwards instead.
 *
 * @param {(doing: string) => void} say
 */
export function installPackages(say) {
  say('installing what package-lock.json says');
  installing ??= install();
  return installing;
}

async function install() {
  const mend = setUpCommand('packages');
  try {
    const [command, ...args] = await npm();
    const options = { log: logFile('packages'), cwd: checkoutFolder };
    await runChild(command, [...args, 'install', '--no-save', '--no-audit', '--no-fund'], options);
  } catch (error) {
    if (!(error instanceof ChildFailedError)) throw error;
    throw new SetUpError('packages', error.message, mend, reasonOf(error.tail));
  }
  const found = findPackages();
  if (!found)
    throw new SetUpError(
      'packages',
      'npm installed other versions than package-lock.json says',
      `rm -rf node_modules && ${mend}`,
    );
  return found;
}

/**
 * npm ends a failure with its usage and notices; the reason is in the first lines it marks as errors.
 *
 * @param {string} tail
 */
const reasonOf = (tail) =>
  tail
    .split('\n')
    .filter((line) => /^npm (error|ERR!) \S/.test(line))
    .slice(0, 8)
    .join('\n') || tail;

/**
 * npm with a Node from outside node_modules, where the one inside is replaced.
 *
 * @returns {Promise<[string, ...string[]]>}
 */
async function npm() {
  const node = await findOnPath('node', outside);
  const script = process.env['npm_execpath'];
  if (node && script?.endsWith('.js') && existsSync(script)) return [node, script];
  const command = await findOnPath('npm', outside);
  if (command) return [command];
  throw new SetUpError('packages', 'there is no npm on PATH', 'install Node 24 with its npm');
}
