import { open, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { optionList } from './option-list.ts';
import { UnusableMediaError } from './unusable-media-error.ts';

/**
 * Demuxers that read one file and follow no reference out of it. A playlist (HLS, DASH, concat), an image sequence or a
 * text that pretends to be a video is refused before its demuxer reads on, whatever its name ends with.
 */
const DEMUXERS = {
  container: 'mov,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg',
  image: 'jpeg_pipe,png_pipe,webp_pipe',
  speech: 'wav',
} as const;

/** What a file is said to be; in any other form it is refused. */
export type Content = keyof typeof DEMUXERS;

/** 8K has 33 million pixels; a larger picture is there to fill the memory. */
const MAX_PIXELS = 64 * 1024 * 1024;
const MAX_ALLOCATION = 512 * 1024 * 1024;

/** What goes before `-i`, for ffmpeg and ffprobe alike. */
export const untrustedOptions = (of: Content): string[] =>
  optionList({
    protocol_whitelist: 'file,pipe',
    format_whitelist: DEMUXERS[of],
    max_alloc: MAX_ALLOCATION,
    max_pixels: MAX_PIXELS,
    threads: 1,
  });

export function untrustedFile(path: string, of: Content): { options: string[]; source: string } {
  if (!isAbsolute(path)) throw new TypeError('files for ffmpeg have absolute paths');
  return {
    options: untrustedOptions(of),
    // With its protocol, a path can't be taken for an option or another protocol.
    source: `file:${path}`,
  };
}

export async function checkSize(path: string, maxByteLength: number): Promise<number> {
  const { size } = await stat(path);
  if (size === 0) throw new UnusableMediaError('not_a_video', 'The file is empty.');
  if (size > maxByteLength)
    throw new UnusableMediaError('too_large', `The file has ${size} bytes; at most ${maxByteLength} are accepted.`);
  return size;
}

/**
 * The demuxer for an image, by its first bytes. ffmpeg itself goes by the name first, and reads one that ends in `.jpg` as
 * the pattern of a sequence of files.
 */
export async function imageDemuxer(path: string): Promise<string> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(12), 0, 12, 0);
  const start = buffer.subarray(0, bytesRead).toString('latin1');
  if (start.startsWith('\xff\xd8\xff')) return 'jpeg_pipe';
  if (start.startsWith('\x89PNG')) return 'png_pipe';
  if (start.startsWith('RIFF') && start.endsWith('WEBP')) return 'webp_pipe';
  throw new UnusableMediaError('undecodable', 'The file is no JPEG, PNG or WebP image.');
}
