import { join } from 'node:path';
import { cacheRoot } from './cache-folder.mjs';

/**
 * Where the commands of a part's set-up print to, beside the cache and not in the checkout.
 *
 * @param {string} part
 */
export const logFile = (part) => join(cacheRoot(), 'logs', `set-up-${part}.log`);
