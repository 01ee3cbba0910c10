import { dirname, join } from 'node:path';
import { findOnPath, isExecutable } from './set-up/executable.mjs';
import { ffmpeg } from './set-up/ffmpeg.mjs';
import { SetUpError } from './set-up/set-up-error.mjs';

/** ffmpeg with the ffprobe beside it, or the one on PATH; a SetUpError says how to get them. */
export async function locateFfmpeg(): Promise<{ readonly ffmpegPath: string; readonly ffprobePath: string }> {
  const found = await ffmpeg.find();
  if (!found) throw new SetUpError(ffmpeg.name, 'ffmpeg and ffprobe are not on PATH', ffmpeg.mend);
  const beside = join(dirname(found.path), 'ffprobe');
  return {
    ffmpegPath: found.path,
    ffprobePath: (await isExecutable(beside)) ? beside : (await findOnPath('ffprobe'))!,
  };
}
