import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { aiTranscribe } from '../../../activities/kinds/ai-transcribe.ts';
import type { Model } from '../../../datasets/step-kind.ts';
import { sha256 } from '../../../manifests/digest.ts';
import { OpenAIServer } from '../../openai-server/openai-server.ts';
import type { TranscriptAnswer } from '../../openai-server/transcript.ts';
import { wavAudio } from '../../openai-server/wav-audio.ts';
import { type MediaBench, mediaBench } from '../media-bench.ts';
import { ModelBench } from '../models/model-bench.ts';
import { toneAudio } from '../tone-audio.ts';

const server = await OpenAIServer.start();
const media: MediaBench = await mediaBench();
let bench: ModelBench;
beforeEach(async () => {
  server.reset();
  bench = await ModelBench.start(server);
});
afterAll(async () => {
  await server.close();
  await media.close();
});

const whisper: Model = { name: 'whisper', provider: 'openai', model: 'whisper-1' };
/** 15 minutes are 28.8 MB: over the limit. The longest silence at hand is the one around 651.2 s. */
const quarterHour = toneAudio(900, [100, 110], [600, 601], [650, 652.4]);
const bytesOf = (seconds: number) => 44 + seconds * 32_000;

const make = async (wav: Buffer, params: object = {}) =>
  bench.cell(
    aiTranscribe,
    { audio: await bench.blobs.put(wav) },
    { params: { model: whisper, words: false, ...params }, tuning: { tries: 1 }, ffmpeg: media.ffmpeg },
  );

/** What is said in a part, by how long it is. */
const answerPart = (seconds: number, answer: TranscriptAnswer) =>
  server.answerWith({
    when: ({ body }) => (body['file'] as { byteLength: number }).byteLength === bytesOf(seconds),
    answer,
  });
const sentFiles = () => server.calls.map(({ body }) => body?.['file']);

const measures = { no_speech_prob: 0.02, avg_logprob: -0.25, compression_ratio: 1.2, suspect: false };

describe('audio over the upload limit', () => {
  it('is cut at the longest silence near the limit, and its times are those of the whole', async () => {
    answerPart(651.2, { language: 'spanish', segments: [{ text: ' Uno dos.', start: 1.5, end: 650.94 }] });
    answerPart(248.8, { language: 'english', segments: [{ text: ' Three.', start: 1.3, end: 2.21 }] });
    expect(await make(quarterHour, { words: true, hint: 'Pedro Castillo' })).toEqual({
      text: 'Uno dos. Three.',
      language: 'es',
      duration_s: 900,
      segments: [
        { start_s: 1.5, end_s: 650.94, text: 'Uno dos.', speaker: null, ...measures },
        { start_s: 652.5, end_s: 653.41, text: 'Three.', speaker: null, ...measures },
      ],
      words: [
        { start_s: 1.5, end_s: 326.22, word: 'Uno' },
        { start_s: 326.22, end_s: 650.94, word: 'dos.' },
        { start_s: 652.5, end_s: 653.41, word: 'Three.' },
      ],
      suspect_segments: 0,
      cuts: [{ at_s: 651.2, at_silence: true }],
    });
    const part = (fromS: number, toS: number) => {
      const samples = quarterHour.subarray(bytesOf(fromS), bytesOf(toS));
      const wav = Buffer.concat([wavAudio(toS - fromS).subarray(0, 44), samples]);
      return { name: 'audio.wav', byteLength: wav.byteLength, sha256: sha256(wav).slice('sha256:'.length) };
    };
    expect(sentFiles()).toEqual([part(0, 651.2), part(651.2, 900)]);
    expect(server.calls.map(({ body }) => body?.['prompt'])).toEqual(['Pedro Castillo', 'Pedro Castillo']);
    expect(bench.calls).toMatchObject([{ audio_seconds: 652 }, { audio_seconds: 249 }]);
  });

  it('fails as its part does, and what the others answered is not paid for again', async () => {
    server.inject({ fault: { kind: 'status', status: 400, body: { error: { message: 'no' } } }, skip: 1 });
    expect(await make(quarterHour)).toMatchObject({ status: 'failed', code: 'invalid_request' });
    expect(server.counts().total).toBe(2);
    answerPart(248.8, 'Tres.' as never);
    expect(await make(quarterHour)).toMatchObject({ text: expect.stringMatching(/ Tres\.$/) });
    expect(sentFiles()).toMatchObject([651.2, 248.8, 248.8].map((seconds) => ({ byteLength: bytesOf(seconds) })));
  });

  it('is cut at the limit where nobody is silent, and the speakers of each part are its own', async () => {
    const model = { ...whisper, model: 'gpt-4o-transcribe-diarize' };
    server.answerWith({ answer: { segments: [{ text: 'Hola.', start: 1, end: 2, speaker: 'A' }] } });
    // The last part keeps a quarter of the limit: 204.2 s.
    expect(await make(toneAudio(820), { model })).toMatchObject({
      segments: [
        { start_s: 1, speaker: '1:A' },
        { start_s: 616.7, end_s: 617.7, speaker: '2:A' },
      ],
      cuts: [{ at_s: 615.7, at_silence: false }],
    });
  });

  it('is sent whole as long as it fits', async () => {
    expect(await make(wavAudio(817))).toMatchObject({ duration_s: 817, cuts: [] });
    expect(sentFiles()).toMatchObject([{ byteLength: 26_144_044 }]);
  });

  it('in any other form can not be cut', async () => {
    const mp3 = Buffer.alloc(26_200_000, 'ID3');
    expect(await make(mp3)).toMatchObject({ code: 'unsplittable', message: 'It is no WAV of 16 kHz, mono, 16 bits.' });
    expect(server.counts().total).toBe(0);
  });
});
