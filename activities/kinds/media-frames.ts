import { z } from 'zod';
import type { Digest } from '../../manifests/digest.ts';
import { blob, int32, list } from '../../datasets/column-type.ts';
import type { FrameSampling, VideoFacts } from '../ffmpeg/ffmpeg.ts';
import { failedIfUnusable, UNUSABLE_MEDIA } from '../ffmpeg/unusable-media-error.ts';
import { defineStepKind, failed } from '../step-kind.ts';

/** Frames of a video at a fixed interval; the first frame when the video is shorter (GET-Tok's sampling). */
export const mediaFrames = defineStepKind({
  kind: 'media/frames',
  revision: 1,
  summary: 'Every n-th frame of each video from the first on, as JPEG, made smaller where wider than `width`.',
  queue: 'media',
  params: z.strictObject({
    every_nth: z.int().positive().default(300),
    max: z.int().positive().max(10_000).default(8),
    width: z.int().positive().default(768),
  }),
  tuning: z.strictObject({
    timeout_s: z.int().positive().default(120),
    concurrency: z.int().min(1).max(64).optional(),
  }),
  codes: UNUSABLE_MEDIA,
  reads: { file: blob('video') },
  makes: { frames: list(blob('image')), frame_numbers: list(int32()) },
  cell: ({ file }, params, { ffmpeg, blobs, signal, tuning, scratch }) =>
    failedIfUnusable(async () => {
      const limits = { signal, timeoutMs: tuning.timeout_s * 1000 };
      const path = await blobs.file(file as Digest);
      const { video } = await ffmpeg.probe(path, limits);
      if (!video) return failed('not_a_video', 'The file has sound and no video in it.');
      const sampling = { everyNth: params.every_nth, max: params.max, ...sizeWithin(params.width, video) };
      const extracted = await ffmpeg.extractFrames(path, scratch, sampling, limits);
      if (extracted.length === 0) return failed('undecodable', 'No frame could be decoded.');
      const frames: Digest[] = [];
      for (const frame of extracted) frames.push(await blobs.putFile(frame.path));
      return { frames, frame_numbers: extracted.map(({ number }) => number) };
    }),
});

function sizeWithin(maxWidth: number, { width, height }: VideoFacts): Pick<FrameSampling, 'width' | 'height'> {
  const smaller = Math.min(maxWidth, width);
  return { width: smaller, height: Math.max(1, Math.round((height * smaller) / width)) };
}
