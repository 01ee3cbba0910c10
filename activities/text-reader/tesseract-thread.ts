import { constants } from 'node:fs';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker as Thread } from 'node:worker_threads';
import Tesseract from 'tesseract.js';
import { UnreadableImageError } from './text-reader.ts';

/** One engine of tesseract.js in a thread of its own; it reads one image at a time. */
export interface TesseractThread {
  readonly languages: string;
  /** Rejects with the signal's reason when it aborts; the thread is of no more use then. */
  read(image: Buffer, signal: AbortSignal): Promise<Tesseract.Page>;
  end(): Promise<void>;
}

const PARAMETERS = {
  // Whole frames: finds where the text is. On the sample, with single blocks or sparse text, it reads more that isn't there.
  tessedit_pageseg_mode: Tesseract.PSM.AUTO,
  // A frame has no resolution; guessing one makes small differences in size change what is read.
  user_defined_dpi: '150',
  // Its remarks on every image would end up on our stderr.
  debug_file: '/dev/null',
};

export async function startTesseractThread(languages: readonly string[]): Promise<TesseractThread> {
  const worker = await startWorker(languages);
  const thread = worker.worker as Thread;
  const crashed = new Promise<never>((_resolve, reject) => thread.on('error', reject));
  crashed.catch(() => {});
  await worker.setParameters(PARAMETERS);
  // An idle engine keeps no program alive.
  thread.unref();

  return {
    languages: languages.join('+'),
    async read(image, signal) {
      signal.throwIfAborted();
      thread.ref();
      const { promise: aborted, reject } = Promise.withResolvers<never>();
      const abort = () => reject(signal.reason);
      signal.addEventListener('abort', abort);
      try {
        const page = worker.recognize(image, {}, { text: false, blocks: true }).catch((cause: unknown) => {
          throw new UnreadableImageError(String(cause));
        });
        return (await Promise.race([page, crashed, aborted])).data;
      } finally {
        signal.removeEventListener('abort', abort);
        thread.unref();
      }
    },
    async end() {
      await thread.terminate();
    },
  };
}

/** tesseract.js wants the data of all languages in one folder; npm has a package for each. */
async function startWorker(languages: readonly string[]): Promise<Tesseract.Worker & { readonly worker: unknown }> {
  const { resolve: find } = createRequire(import.meta.url);
  const folder = await mkdtemp(join(tmpdir(), 'gettok-text-'));
  try {
    for (const language of languages) {
      const name = `${language}.traineddata.gz`;
      await copyFile(
        find(`@tesseract.js-data/${language}/4.0.0_best_int/${name}`),
        join(folder, name),
        constants.COPYFILE_FICLONE,
      );
    }
    const { promise, resolve, reject } = Promise.withResolvers<Tesseract.Worker>();
    // Without `langPath` it would download; when it can't load the data it neither resolves nor rejects, hence the handler.
    const options = { langPath: folder, cacheMethod: 'none', gzip: true, errorHandler: reject };
    Tesseract.createWorker([...languages], Tesseract.OEM.LSTM_ONLY, options).then(resolve, reject);
    return (await promise) as Awaited<ReturnType<typeof startWorker>>;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
