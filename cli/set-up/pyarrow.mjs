import { join } from 'node:path';
import { cacheFolder } from './cache-folder.mjs';
import { setUpCommand } from './checkout-folder.mjs';
import { definePart } from './part.mjs';
import { findEnvironment, installEnvironment } from './python.mjs';

const name = 'pyarrow';
const VERSION = '26.0.1';
const folder = () => cacheFolder('pyarrow', VERSION);
const from = 'PyPI';

/** The second reader that the tests compare Parquet files with; GET-Tok itself doesn't use it. `path` is its Python. */
export const pyarrow = definePart({
  name,
  needed: false,
  without: 'only the tests use it',
  mend: setUpCommand('pyarrow'),
  async find() {
    const path = findEnvironment(folder(), 'pyarrow');
    return path ? { version: VERSION, from, path } : null;
  },
  async install(say) {
    say('installing from PyPI');
    await installEnvironment(name, 'pyarrow', folder(), 'pyarrow');
    return { version: VERSION, from, path: join(folder(), 'bin', 'python') };
  },
});
