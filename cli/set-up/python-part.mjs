import { join } from 'node:path';
import { cacheFolder } from './cache-folder.mjs';
import { setUpCommand } from './checkout-folder.mjs';
import { definePart } from './part.mjs';
import { findEnvironment, installEnvironment } from './python.mjs';

/**
 * Python packages in an environment of their own, `requirements/<name>.txt`, which the tests use and GET-Tok itself doesn't;
 * `path` is its Python.
 *
 * @param {object} options
 * @param {string} options.name
 * @param {string} options.version
 * @param {string} options.packageName a package that must be in it
 * @param {string} options.packages as a person reads them
 */
export function definePythonPart({ name, version, packageName, packages }) {
  const folder = () => cacheFolder(name, version);
  const from = 'PyPI';
  return definePart({
    name,
    needed: false,
    without: 'only the tests use it',
    mend: setUpCommand(name),
    async find() {
      const path = findEnvironment(folder(), packageName);
      return path ? { version, from, path } : null;
    },
    async install(say) {
      say(`installing ${packages} from PyPI`);
      await installEnvironment(name, name, folder(), packageName);
      return { version, from, path: join(folder(), 'bin', 'python') };
    },
  });
}
