import pLimit from 'p-limit';
import type Tesseract from 'tesseract.js';
import { UnusableMediaError } from '../ffmpeg/unusable-media-error.ts';
import type { MediaLimits } from '../ffmpeg/ffmpeg.ts';
import { startTesseractThread, type TesseractThread } from './tesseract-thread.ts';
import { UnreadableImageError } from './text-reader.ts';

/** Engines for whoever reads in this process; started when needed, as many as may run at the same time. */
export class TesseractPool {
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #concurrency: number;
  readonly #idle: TesseractThread[] = [];
  #busy = 0;

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
    this.#limit = pLimit(concurrency);
  }

  read(image: Buffer, languages: readonly string[], { signal, timeoutMs }: MediaLimits): Promise<Tesseract.Page> {
    return this.#limit(async () => {
      signal.throwIfAborted();
      this.#busy += 1;
      try {
        const thread = await this.#take(languages.join('+'), languages);
        return await this.#use(thread, image, signal, timeoutMs);
      } finally {
        this.#busy -= 1;
      }
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map((thread) => thread.end()));
  }

  /** An idle engine of these languages, else a new one, in the place of one of other languages where there are enough. */
  async #take(key: string, languages: readonly string[]): Promise<TesseractThread> {
    const index = this.#idle.findIndex((thread) => thread.languages === key);
    if (index >= 0) return this.#idle.splice(index, 1)[0]!;
    if (this.#busy + this.#idle.length > this.#concurrency) await this.#idle.shift()?.end();
    return await startTesseractThread(languages);
  }

  async #use(thread: TesseractThread, image: Buffer, signal: AbortSignal, timeoutMs: number): Promise<Tesseract.Page> {
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const page = await thread.read(image, AbortSignal.any([signal, timeout]));
      this.#idle.push(thread);
      return page;
    } catch (error) {
      // An engine that refused an image is fit for the next; one that was interrupted is still busy with it.
      if (error instanceof UnreadableImageError) this.#idle.push(thread);
      else await thread.end();
      if (timeout.aborted && !signal.aborted) throw new UnusableMediaError('timeout');
      throw error;
    }
  }
}
