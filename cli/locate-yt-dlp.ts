import type { YtDlpProgram } from '../activities/download/yt-dlp-program.ts';
import { ytDlp } from './set-up/yt-dlp.mjs';

/** yt-dlp from the environment, PATH or our set-up; null when there is none. */
export async function locateYtDlp(): Promise<YtDlpProgram | null> {
  const found = await ytDlp.find();
  if (!found) return null;
  // Isolated: neither the person's own packages nor variables of theirs get between.
  const args = found.from === 'PyPI' ? ['-I', '-m', 'yt_dlp'] : [];
  return { command: found.path, args, version: found.version };
}
