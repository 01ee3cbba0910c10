import { join } from 'node:path';
import { cacheFolder, installInto } from './cache-folder.mjs';
import { setUpCommand } from './checkout-folder.mjs';
import { executableFromEnvironment, findOnPath, isExecutable, versionOutput } from './executable.mjs';
import { goInstall, goOnPath } from './go-install.mjs';
import { definePart } from './part.mjs';
import { SetUpError } from './set-up-error.mjs';

const name = 'MinIO';
/** The last release of the community edition, which is published as source only. */
const RELEASE = '2026-02-12';
const MODULE = 'github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c';
const folder = () => cacheFolder('minio', RELEASE);
const executable = () => join(folder(), 'minio');

/**
 * Refs are moved by conditional writes; a server that ignored `If-Match` would lose versions silently, so one from before
 * S3 itself had them is passed over.
 */
const OLDEST = '2024-09-01';

/**
 * @param {string} path
 * @param {string} from
 */
async function describe(path, from) {
  const release = /RELEASE\.(\d{4}-\d\d-\d\d)/.exec(await versionOutput(path, '--version'))?.[1];
  return release && release >= OLDEST ? { version: release, from, path } : null;
}

/** The MinIO server. */
export const minio = definePart({
  name,
  needed: true,
  mend: setUpCommand('minio'),
  async find() {
    const named = await executableFromEnvironment(name, 'GETTOK_MINIO');
    // One that is named is used even when it was built without a release name.
    if (named)
      return (await describe(named, 'GETTOK_MINIO')) ?? { version: 'unnamed build', from: 'GETTOK_MINIO', path: named };
    const onPath = await findOnPath('minio');
    const found = onPath && (await describe(onPath, 'PATH'));
    if (found) return found;
    // Not asked for its version: the folder's name says it, and a build by Go doesn't know it.
    return (await isExecutable(executable())) ? { version: RELEASE, from: 'built by Go', path: executable() } : null;
  },
  async install(say) {
    if (!(await goOnPath())) {
      throw new SetUpError(
        name,
        'community MinIO comes as source only, and there is no Go on PATH to build it',
        'install Go 1.24 or newer, then: ' + this.mend,
      );
    }
    say('building it with Go (about 2 minutes)');
    await installInto(
      folder(),
      (partial) => goInstall(MODULE, partial, 'minio'),
      (place) => isExecutable(join(place, 'minio')),
    );
    return { version: RELEASE, from: 'built by Go', path: executable() };
  },
});
