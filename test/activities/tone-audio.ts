import { wavAudio } from '../openai-server/wav-audio.ts';

const BYTES_PER_SECOND = 32_000;

/** A tone as `media/audio` would store it, silent for the given seconds. */
export function toneAudio(seconds: number, ...silences: readonly (readonly [fromS: number, toS: number])[]): Buffer {
  const wav = wavAudio(seconds);
  // 400 Hz: 20 samples up, 20 down.
  const wave = Buffer.from(Int16Array.from({ length: 40 }, (_, at) => (at < 20 ? 8000 : -8000)).buffer);
  wav.fill(wave, 44);
  for (const [fromS, toS] of silences) wav.fill(0, 44 + fromS * BYTES_PER_SECOND, 44 + toS * BYTES_PER_SECOND);
  return wav;
}
