import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json, wherever the current directory is. */
export const checkoutFolder = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/**
 * The command which sets up the named parts, as one would type it in the current directory.
 *
 * @param {string} names
 */
export function setUpCommand(names) {
  const main = join(checkoutFolder, 'cli', 'set-up', 'main.mjs');
  const near = relative(process.cwd(), main);
  return `node ${near.startsWith('..') ? main : near} ${names}`;
}
