import { z } from 'zod';
import type { Digest } from '../../manifests/digest.ts';
import { blob, bool, float64, int32, int64, text } from '../../datasets/column-type.ts';
import { failedIfUnusable, UNUSABLE_MEDIA } from '../ffmpeg/unusable-media-error.ts';
import { defineStepKind, failed } from '../step-kind.ts';

/** Measured facts of a video; what is no video becomes a failed cell (GET-Tok had empty files among its downloads). */
export const mediaProbe = defineStepKind({
  kind: 'media/probe',
  revision: 1,
  summary: 'Measured facts of each video: duration, size as shown, frame rate, codecs, whether it has sound.',
  queue: 'media',
  params: z.strictObject({}),
  tuning: z.strictObject({
    timeout_s: z.int().positive().default(60),
    concurrency: z.int().min(1).max(64).optional(),
  }),
  codes: UNUSABLE_MEDIA,
  reads: { file: blob('video') },
  makes: {
    duration_s: float64(),
    width: int32(),
    height: int32(),
    frame_rate: float64(),
    frames: int32(),
    video_codec: text(),
    audio_codec: text(),
    has_audio: bool(),
    container: text(),
    byte_length: int64(),
    rotation: int32(),
  },
  cell: ({ file }, _params, { ffmpeg, blobs, signal, tuning }) =>
    failedIfUnusable(async () => {
      const path = await blobs.file(file as Digest);
      const facts = await ffmpeg.probe(path, { signal, timeoutMs: tuning.timeout_s * 1000 });
      const { video } = facts;
      if (!video) return failed('not_a_video', 'The file has sound and no video in it.');
      return {
        duration_s: facts.durationS,
        width: video.width,
        height: video.height,
        frame_rate: video.frameRate,
        frames: video.frames,
        video_codec: video.codec,
        audio_codec: facts.audioCodec,
        has_audio: facts.audioCodec !== null,
        container: facts.container,
        byte_length: BigInt(facts.byteLength),
        rotation: video.rotation,
      };
    }),
});
