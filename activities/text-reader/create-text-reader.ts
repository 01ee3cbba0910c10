import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ffmpeg } from '../ffmpeg/ffmpeg.ts';
import { linesOfPage } from './lines-of-page.ts';
import { mergeReadings } from './merge-readings.ts';
import { TesseractPool } from './tesseract-pool.ts';
import type { TextReader } from './text-reader.ts';

export interface TextReaderSettings {
  readonly ffmpeg: Pick<Ffmpeg, 'isolateWhite'>;
  /** How many images are read at the same time; each keeps one processor busy. */
  readonly concurrency: number;
}

/**
 * Reads each image twice with tesseract: as it is, which reads text on a calm background, dark on light or light on dark;
 * and its near-white parts alone, which reads the white captions of short videos on any background.
 */
export function createTextReader({ ffmpeg, concurrency }: TextReaderSettings): TextReader {
  const pool = new TesseractPool(concurrency);
  return {
    async read(image, { languages, minConfidence, scratch }, limits) {
      const white = join(scratch, `white-${randomUUID()}.png`);
      await ffmpeg.isolateWhite(image, white, limits);
      const [whole, isolated] = await Promise.all(
        [image, white].map(async (file) => {
          const page = await pool.read(await readFile(file), languages, limits);
          return linesOfPage(page, minConfidence);
        }),
      );
      return mergeReadings(whole!, isolated!);
    },
    close: () => pool.close(),
  };
}
