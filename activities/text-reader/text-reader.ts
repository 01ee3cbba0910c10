import type { MediaLimits } from '../ffmpeg/ffmpeg.ts';

/** Reads text in images (OCR), in this process and without a network. */
export interface TextReader {
  /** The lines of text in an image file, from the top; none when there is no text. Throws `UnreadableImageError`. */
  read(image: string, options: ReadingOptions, limits: MediaLimits): Promise<TextLine[]>;
  /** Ends the threads; the next `read` starts new ones. */
  close(): Promise<void>;
}

export interface ReadingOptions {
  /** ISO 639-3, the likeliest first. */
  readonly languages: readonly TextLanguage[];
  /** Words below it are left out; 0 to 100. */
  readonly minConfidence: number;
  /** A folder for files in between; removed by whoever made it. */
  readonly scratch: string;
}

/** Languages whose data come with the program. */
export const TEXT_LANGUAGES = ['spa', 'eng'] as const;
export type TextLanguage = (typeof TEXT_LANGUAGES)[number];

export interface TextLine {
  readonly text: string;
  /** Mean over the characters, 0 to 100. */
  readonly confidence: number;
  readonly box: Box;
}

/** In pixels of the image. */
export interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** The image can't be decoded: the fault is in it. */
export class UnreadableImageError extends Error {
  override readonly name = 'UnreadableImageError';
}
