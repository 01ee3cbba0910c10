import { cacheFolder } from './cache-folder.mjs';
import { setUpCommand } from './checkout-folder.mjs';
import { executableFromEnvironment, findOnPath, versionOutput } from './executable.mjs';
import { definePart } from './part.mjs';
import { findEnvironment, installEnvironment } from './python.mjs';
import { ChildFailedError } from './run-child.mjs';
import { NotToBeHadError, SetUpError } from './set-up-error.mjs';

const name = 'yt-dlp';
const mend = setUpCommand('yt-dlp');
const VERSION = '2026.10.26';
/** The first that has every option we pass: `--js-runtimes` came with it. */
const OLDEST = '2025.11.12';
const folder = () => cacheFolder('yt-dlp', VERSION);

/**
 * @param {string} path
 * @param {string} from
 */
async function describe(path, from) {
  const version = /^\d{4}\.\d{2}\.\d{2}\S*/.exec(await versionOutput(path, '--version'))?.[0];
  return version && version >= OLDEST ? { version, from, path } : null;
}

/** Our own environment is the newer one where what is on PATH was forgotten there: sites change every few weeks. */
async function find() {
  const named = await executableFromEnvironment(name, 'GETTOK_YT_DLP');
  if (named) {
    const found = await describe(named, 'GETTOK_YT_DLP');
    if (found) return found;
    throw new SetUpError(
      name,
      `GETTOK_YT_DLP names ${named}, which is no yt-dlp from ${OLDEST} on`,
      'unset GETTOK_YT_DLP',
    );
  }
  const onPath = await findOnPath('yt-dlp');
  const there = onPath ? await describe(onPath, 'PATH') : null;
  if (there && there.version >= VERSION) return there;
  const python = findEnvironment(folder(), 'yt_dlp');
  return python ? { version: VERSION, from: 'PyPI', path: python } : there;
}

/** Downloads videos for `media/download`. `path` is its executable or, where it is from PyPI, the Python that has it. */
export const ytDlp = definePart({
  name,
  needed: false,
  without: 'media/download downloads no videos',
  mend,
  find,
  async install(say) {
    say('installing from PyPI');
    try {
      await installEnvironment(name, 'yt-dlp', folder(), 'yt_dlp');
    } catch (error) {
      if (error instanceof ChildFailedError) throw new NotToBeHadError(name, error.message, mend);
      throw error;
    }
    const found = await find();
    if (!found) throw new NotToBeHadError(name, 'it was installed, but its packages are not where they belong', mend);
    return found;
  },
});
