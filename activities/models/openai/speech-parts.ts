import { open, stat } from 'node:fs/promises';
import type { Digest } from '../../../manifests/digest.ts';
import { samplesOfSpeechWav, SPEECH_WAV } from '../../ffmpeg/speech-wav.ts';
import { UnusableMediaError } from '../../ffmpeg/unusable-media-error.ts';
import { failed, type NotMade } from '../../step-kind.ts';
import type { SpeechPart } from '../model-calls.ts';
import type { EngineTools } from '../model-engine.ts';
import { type Cut, cutsAtSilences } from './cuts-at-silences.ts';

/**
 * OpenAI refuses larger requests (25 MiB, help.openai.com/articles/7031512), and compatible servers took the limit over.
 * It is the same for all of them: where a model is asked must not change what is asked. The 1,400 s that gpt-4o-transcribe
 * takes are 44.8 MB in this form: never reached.
 */
const MAX_REQUEST_BYTES = 25 * 1024 * 1024;
/** For the other fields of the form. */
const FORM_BYTES = 64 * 1024;
const MAX_FILE_BYTES = MAX_REQUEST_BYTES - FORM_BYTES;
/** 817 s. */
const MAX_SAMPLES = Math.floor((MAX_FILE_BYTES - SPEECH_WAV.headerBytes) / SPEECH_WAV.bytesPerSample);

export interface SpeechParts {
  readonly parts: readonly SpeechPart[];
  /** One less than there are parts. */
  readonly cuts: readonly Cut[];
}

/** How an audio is divided into requests; null when it goes into one. */
export async function speechParts(audio: Digest, tools: EngineTools): Promise<SpeechParts | NotMade | null> {
  const { blobs, ffmpeg, scratch, signal, tuning } = tools;
  if ((await blobs.byteLength(audio)) <= MAX_FILE_BYTES) return null;
  const path = await blobs.file(audio);
  const samples = await samplesIn(path);
  if (samples === null) return failed('unsplittable', 'It is no WAV of 16 kHz, mono, 16 bits.');
  try {
    const silences = await ffmpeg.findSilences(path, scratch, { signal, timeoutMs: tuning.timeout_s * 1000 });
    const cuts = cutsAtSilences(samples, MAX_SAMPLES, silences);
    const edges = [0, ...cuts.map(({ sample }) => sample), samples];
    const parts = edges.slice(1).map((toSample, index) => ({ fromSample: edges[index]!, toSample }));
    return { parts, cuts };
  } catch (error) {
    if (error instanceof UnusableMediaError) return failed('unsplittable', error.message);
    throw error;
  }
}

async function samplesIn(path: string): Promise<number | null> {
  await using file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(SPEECH_WAV.headerBytes), 0, SPEECH_WAV.headerBytes, 0);
  return samplesOfSpeechWav(buffer, (await stat(path)).size);
}
