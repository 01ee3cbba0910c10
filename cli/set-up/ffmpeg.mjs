import { dirname, join } from 'node:path';
import { aptInstall, aptUsable } from './apt-install.mjs';
import { executableFromEnvironment, findOnPath, isExecutable, versionOutput } from './executable.mjs';
import { definePart } from './part.mjs';
import { SetUpError } from './set-up-error.mjs';

const name = 'ffmpeg';
const mend =
  process.platform === 'darwin' ? 'brew install ffmpeg' : 'sudo apt-get install -y --no-install-recommends ffmpeg';

/**
 * @param {string} path
 * @param {string} from
 */
async function describe(path, from) {
  const version = /^ffmpeg version (\d[\w.]*)?/.exec(await versionOutput(path, '-version'));
  return version ? { version: version[1] ?? 'development build', from, path } : null;
}

async function find() {
  const named = await executableFromEnvironment(name, 'GETTOK_FFMPEG');
  if (named && !(await isExecutable(join(dirname(named), 'ffprobe')))) {
    throw new SetUpError(name, `there is no ffprobe beside ${named}, which GETTOK_FFMPEG names`, 'unset GETTOK_FFMPEG');
  }
  if (named) return describe(named, 'GETTOK_FFMPEG');
  const onPath = await findOnPath('ffmpeg');
  return onPath && (await findOnPath('ffprobe')) ? describe(onPath, 'PATH') : null;
}

/** ffmpeg with its ffprobe. The npm packages that bring one download it from elsewhere, unpinned. */
export const ffmpeg = definePart({
  name,
  needed: true,
  mend,
  find,
  async install(say) {
    if (!(await aptUsable())) throw new SetUpError(name, 'ffmpeg and ffprobe are not on PATH', mend);
    say("installing Debian's package");
    await aptInstall(['ffmpeg'], 'ffmpeg');
    const found = await find();
    if (!found) throw new SetUpError(name, "Debian's package was installed, but ffmpeg is not on PATH", mend);
    return found;
  },
});
