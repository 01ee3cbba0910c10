import { cacheFolder } from './cache-folder.mjs';
import { setUpCommand } from './checkout-folder.mjs';
import { definePart } from './part.mjs';
import { findEnvironment, installEnvironment } from './python.mjs';
import { ChildFailedError } from './run-child.mjs';
import { NotToBeHadError } from './set-up-error.mjs';
import { downloadWeights, findWeights, requireHub } from './speech-weights.mjs';

const name = 'speech engine';
const mend = setUpCommand('speech');
const VERSION = '0.0.3';
const PACKAGE = 'faster_whisper_server';
const folder = () => cacheFolder('speech', VERSION);

async function find() {
  const weights = findWeights();
  const path = findEnvironment(folder(), PACKAGE);
  if (!weights || !path) return null;
  return {
    version: `faster-whisper-server ${VERSION}`,
    from: `PyPI, weights: ${weights.from}`,
    path,
    weights: weights.folder,
  };
}

/** A local Whisper behind OpenAI's transcription protocol. `path` is its Python, `weights` the model's folder. */
export const speech = definePart({
  name,
  needed: false,
  without: 'speech is transcribed only by models that are asked elsewhere',
  mend,
  find,
  async install(say) {
    try {
      if (!findWeights()) {
        await requireHub();
        say('downloading the weights of Whisper base (145 MB)');
        await downloadWeights();
      }
      if (!findEnvironment(folder(), PACKAGE)) {
        say('installing from PyPI (about 500 MB)');
        await installEnvironment(name, 'speech', folder(), PACKAGE);
      }
    } catch (error) {
      if (error instanceof ChildFailedError) throw new NotToBeHadError(name, error.message, mend);
      throw error;
    }
    const found = await find();
    if (!found) throw new NotToBeHadError(name, 'it was installed, but its packages are not where they belong', mend);
    return found;
  },
});
