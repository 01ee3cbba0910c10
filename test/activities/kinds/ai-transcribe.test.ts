import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { aiTranscribe } from '../../../activities/kinds/ai-transcribe.ts';
import type { Model } from '../../../datasets/step-kind.ts';
import { OpenAIServer } from '../../openai-server/openai-server.ts';
import { wavAudio } from '../../openai-server/wav-audio.ts';
import { ModelBench } from '../models/model-bench.ts';

const server = await OpenAIServer.start();
let bench: ModelBench;
beforeEach(async () => {
  server.reset();
  bench = await ModelBench.start(server);
});
afterAll(() => server.close());

const whisper: Model = { name: 'whisper', provider: 'openai', model: 'whisper-1' };
const make = async (params: object = {}, seconds = 3) =>
  bench.cell(
    aiTranscribe,
    { audio: await bench.blobs.put(wavAudio(seconds)) },
    { params: { model: whisper, ...params }, tuning: { tries: 1 } },
  );

const measures = { no_speech_prob: 0.02, avg_logprob: -0.25, compression_ratio: 1.2 };

describe('a transcript', () => {
  it('has its text, its language as a code, its duration and its segments', async () => {
    server.answerWith({ answer: { text: 'Vamos a la marcha en la plaza San Martín con banderas rojas' } });
    expect(await make()).toEqual({
      text: 'Vamos a la marcha en la plaza San Martín con banderas rojas',
      language: 'es',
      duration_s: 3,
      segments: [
        { start_s: 0, end_s: 1.7, text: 'Vamos a la marcha en la plaza San', ...measures },
        { start_s: 1.7, end_s: 3, text: 'Martín con banderas rojas', ...measures },
      ],
    });
    expect(server.calls[0]!.body).toEqual({
      model: 'whisper-1',
      response_format: 'verbose_json',
      'timestamp_granularities[]': ['segment'],
      file: { name: 'audio.wav', byteLength: 96_044, sha256: expect.any(String) },
    });
    // $0.006 a minute.
    expect(bench.calls).toMatchObject([
      { audio_seconds: 3, cost_nano_usd: 300_000n, input_tokens: null, prompt_digest: null },
    ]);
  });

  it('is asked for with what was declared', async () => {
    await make({
      language: 'es',
      hint: 'Pedro Castillo',
      temperature: 0,
      model: { ...whisper, parameters: { include: [] } },
    });
    expect(server.calls[0]!.body).toMatchObject({ language: 'es', prompt: 'Pedro Castillo', temperature: '0' });
  });

  it('is as good when nothing was said', async () => {
    server.answerWith({ answer: '' });
    expect(await make()).toEqual({ text: '', language: 'es', duration_s: 3, segments: [] });
  });

  it('is text alone from gpt-4o-transcribe, which answers in JSON only', async () => {
    server.answerWith({ answer: 'Buenos días.' });
    const model = { ...whisper, model: 'gpt-4o-transcribe' };
    expect(await make({ model })).toEqual({ text: 'Buenos días.', language: null, duration_s: null, segments: null });
    expect(await make({ model: { ...whisper, model: 'gpt-4o-transcribe-diarize' } }, 40)).toMatchObject({
      language: null,
    });
    expect(bench.calls).toMatchObject([{ input_tokens: 400n, cost_nano_usd: null }]);
  });

  it('is taken from a server on this machine that leaves members out', async () => {
    server.answerWith({ answer: { text: ' Hola. ', language: 'es' } });
    server.inject({ kind: 'without', members: ['duration', 'usage', 'no_speech_prob', 'avg_logprob'] });
    const model: Model = { ...whisper, model: 'whisper-1', base_url: server.url, api_key_env: 'OPENAI_API_KEY' };
    expect(await make({ model })).toEqual({
      text: 'Hola.',
      language: 'es',
      duration_s: null,
      segments: [
        { start_s: 0, end_s: 3, text: 'Hola.', no_speech_prob: null, avg_logprob: null, compression_ratio: 1.2 },
      ],
    });
    expect(bench.calls).toMatchObject([{ audio_seconds: null, cost_nano_usd: null }]);
  });

  it('is paid for once', async () => {
    await make();
    await make();
    expect(server.counts().total).toBe(1);
  });

  it('fails as a request of its own when the sound is too short for the model', async () => {
    expect(await make({}, 0.05)).toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('too short'),
    });
  });

  it('needs an engine: a baseline has none', async () => {
    const model = { ...whisper, provider: 'baseline', model: 'facts-and-lexicon-1' };
    expect(await make({ model })).toMatchObject({ status: 'failed', code: 'engine_unavailable' });
  });
});
