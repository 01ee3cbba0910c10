import { failed, type NotMade } from '../step-kind.ts';

/** Why a file gives no result, a sentence for each code. */
export const UNUSABLE_MEDIA = {
  not_a_video: 'The file is empty, or is no video container such as MP4 or WebM.',
  undecodable: 'The container can be read; what is in it is damaged, or is in a codec that this ffmpeg lacks.',
  too_large: 'The file, or what comes out of it, is larger than what is accepted from a stranger.',
  timeout: 'ffmpeg needed longer than timeout_s and was stopped.',
  ffmpeg_crashed: 'ffmpeg crashed on the file.',
} as const;

export type UnusableMedia = keyof typeof UNUSABLE_MEDIA;

/** The fault is in the file, so that trying again gives the same. */
export class UnusableMediaError extends Error {
  override readonly name = 'UnusableMediaError';
  readonly code: UnusableMedia;
  constructor(code: UnusableMedia, detail = '') {
    super(detail || UNUSABLE_MEDIA[code]);
    this.code = code;
  }
}

/** A cell whose file can't be used is a failed cell; any other error goes on. */
export async function failedIfUnusable<T>(work: () => Promise<T>): Promise<T | NotMade> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UnusableMediaError) return failed(error.code, error.message);
    throw error;
  }
}
