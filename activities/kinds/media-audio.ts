import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Digest } from '../../manifests/digest.ts';
import { blob, float64 } from '../../datasets/column-type.ts';
import { SPEECH_WAV } from '../ffmpeg/speech-wav.ts';
import { failedIfUnusable, UNUSABLE_MEDIA } from '../ffmpeg/unusable-media-error.ts';
import { defineStepKind, skipped } from '../step-kind.ts';

const BYTES_PER_SECOND = SPEECH_WAV.samplesPerSecond * SPEECH_WAV.bytesPerSample;

/** The sound of a video as speech models want it: 16 kHz, mono, 16 bits, WAV. */
export const mediaAudio = defineStepKind({
  kind: 'media/audio',
  revision: 1,
  summary: 'The sound of each video as speech models want it: WAV, 16 kHz, mono, 16 bits.',
  queue: 'media',
  params: z.strictObject({}),
  tuning: z.strictObject({
    timeout_s: z.int().positive().default(300),
    concurrency: z.int().min(1).max(64).optional(),
  }),
  codes: { no_audio: 'The video has no audio track, or one without a sample in it.', ...UNUSABLE_MEDIA },
  reads: { file: blob('video') },
  makes: { audio: blob('audio'), duration_s: float64() },
  cell: ({ file }, _params, { ffmpeg, blobs, signal, tuning, scratch }) =>
    failedIfUnusable(async () => {
      const limits = { signal, timeoutMs: tuning.timeout_s * 1000 };
      const path = await blobs.file(file as Digest);
      const { audioCodec } = await ffmpeg.probe(path, limits);
      if (audioCodec === null) return skipped('no_audio');
      const wav = join(scratch, 'audio.wav');
      await ffmpeg.extractAudio(path, wav, limits);
      const sampleBytes = (await stat(wav)).size - SPEECH_WAV.headerBytes;
      if (sampleBytes <= 0) return skipped('no_audio', 'The audio track has no sample in it.');
      return { audio: await blobs.putFile(wav), duration_s: sampleBytes / BYTES_PER_SECOND };
    }),
});
