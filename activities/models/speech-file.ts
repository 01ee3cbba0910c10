import { openAsBlob } from 'node:fs';
import { toFile } from 'openai';
import type { BlobStore } from '../../manifests/blob-store.ts';
import { SPEECH_WAV, speechWavHeader } from '../ffmpeg/speech-wav.ts';
import type { SpeechRequest } from './model-calls.ts';

// The server goes by the extension of the name.
const NAME = 'audio.wav';
const TYPE = { type: 'audio/wav' } as const;

/** The audio of a request as it is sent. Its length is known, and it can be read again for each try: it is no stream. */
export async function speechFile(
  { audio, part }: SpeechRequest,
  blobs: Pick<BlobStore, 'get' | 'file'>,
): Promise<File> {
  if (part === undefined) return await toFile(await blobs.get(audio), NAME, TYPE);
  const { headerBytes, bytesPerSample } = SPEECH_WAV;
  const byteOf = (sample: number) => headerBytes + sample * bytesPerSample;
  // Read from the disk while it is sent: an hour of speech has 115 MB.
  const whole = await openAsBlob(await blobs.file(audio));
  const samples = whole.slice(byteOf(part.fromSample), byteOf(part.toSample));
  return new File([speechWavHeader(part.toSample - part.fromSample), samples], NAME, TYPE);
}
