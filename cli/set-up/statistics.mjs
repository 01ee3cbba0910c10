import { join } from 'node:path';
import { cacheFolder } from './cache-folder.mjs';
import { setUpCommand } from './checkout-folder.mjs';
import { definePart } from './part.mjs';
import { findEnvironment, installEnvironment } from './python.mjs';

const name = 'statistics';
/** That of scikit-learn, the first of the three packages: raised whenever one of them changes. */
const VERSION = '1.9.1';
const folder = () => cacheFolder('statistics', VERSION);
const from = 'PyPI';

/**
 * scikit-learn, statsmodels and krippendorff: what the tests compare the statistics of `gettok compare` with; GET-Tok itself
 * doesn't use them. `path` is their Python.
 */
export const statistics = definePart({
  name,
  needed: false,
  without: 'only the tests use it',
  mend: setUpCommand('statistics'),
  async find() {
    const path = findEnvironment(folder(), 'statsmodels');
    return path ? { version: VERSION, from, path } : null;
  },
  async install(say) {
    say('installing scikit-learn, statsmodels and krippendorff from PyPI');
    await installEnvironment(name, 'statistics', folder(), 'statsmodels');
    return { version: VERSION, from, path: join(folder(), 'bin', 'python') };
  },
});
