import type { StepKind } from '../step-kind.ts';
import { aiClassify } from './ai-classify.ts';
import { aiEmbed } from './ai-embed.ts';
import { aiGenerate } from './ai-generate.ts';
import { aiTranscribe } from './ai-transcribe.ts';
import { importTable } from './import-table.ts';
import { mediaAudio } from './media-audio.ts';
import { mediaDownload } from './media-download.ts';
import { mediaFiles } from './media-files.ts';
import { mediaFrames } from './media-frames.ts';
import { mediaProbe } from './media-probe.ts';
import { textOcr } from './text-ocr.ts';
import { tiktokById } from './tiktok-by-id.ts';
import { tiktokComments } from './tiktok-comments.ts';
import { tiktokUsers } from './tiktok-users.ts';
import { tiktokVideos } from './tiktok-videos.ts';

const kinds: readonly StepKind[] = [
  importTable,
  tiktokVideos,
  tiktokById,
  tiktokUsers,
  tiktokComments,
  mediaFiles,
  mediaDownload,
  mediaProbe,
  mediaAudio,
  mediaFrames,
  textOcr,
  aiTranscribe,
  aiGenerate,
  aiClassify,
  aiEmbed,
];

/** The step kinds that come with the program, by the name that `uses` has. */
export const stepKinds: ReadonlyMap<string, StepKind> = new Map(kinds.map((kind) => [kind.kind, kind]));
