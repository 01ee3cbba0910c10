import { z } from 'zod';
import type { Digest } from '../../manifests/digest.ts';
import { blob, float64, list, text } from '../../datasets/column-type.ts';
import { failedIfUnusable, UNUSABLE_MEDIA } from '../ffmpeg/unusable-media-error.ts';
import { defineStepKind, failed } from '../step-kind.ts';
import { lettersOf } from '../text-reader/lines-of-page.ts';
import { TEXT_LANGUAGES, type TextLine, UnreadableImageError } from '../text-reader/text-reader.ts';

const { timeout, undecodable, too_large, ffmpeg_crashed } = UNUSABLE_MEDIA;

/** Text on the screen, read from frames by an OCR engine in this process. */
export const textOcr = defineStepKind({
  kind: 'text/ocr',
  revision: 1,
  summary:
    'Text on the screen, read from the frames with tesseract.js, without a network: each line once, as it appears.',
  queue: 'media',
  params: z.strictObject({
    languages: z.array(z.enum(TEXT_LANGUAGES)).min(1).default(['spa', 'eng']),
    min_confidence: z.number().min(0).max(100).default(60),
  }),
  tuning: z.strictObject({
    timeout_s: z.int().positive().default(60),
    concurrency: z.int().min(1).max(64).optional(),
  }),
  codes: {
    unreadable_image: 'A frame is no image that can be read.',
    timeout,
    undecodable,
    too_large,
    ffmpeg_crashed,
  },
  reads: { frames: list(blob('image')) },
  makes: { text: text(), lines: list(text()), confidence: float64() },
  cell: ({ frames }, params, { textReader, blobs, signal, tuning, scratch }) =>
    failedIfUnusable(async () => {
      const options = { languages: [...new Set(params.languages)], minConfidence: params.min_confidence, scratch };
      const limits = { signal, timeoutMs: tuning.timeout_s * 1000 };
      const seen = new Map<string, TextLine>();
      try {
        for (const frame of frames) {
          if (frame === null) continue;
          const lines = await textReader.read(await blobs.file(frame as Digest), options, limits);
          for (const line of lines) {
            const letters = lettersOf(line.text);
            if (!seen.has(letters)) seen.set(letters, line);
          }
        }
      } catch (error) {
        if (error instanceof UnreadableImageError) return failed('unreadable_image', error.message);
        throw error;
      }
      const lines = [...seen.values()];
      return {
        text: lines.map((line) => line.text).join('\n'),
        lines: lines.map((line) => line.text),
        confidence: meanConfidence(lines),
      };
    }),
});

/** Over the characters; null where nothing was read. */
function meanConfidence(lines: readonly TextLine[]): number | null {
  const characters = lines.reduce((sum, line) => sum + line.text.length, 0);
  if (characters === 0) return null;
  return lines.reduce((sum, line) => sum + line.confidence * line.text.length, 0) / characters;
}
