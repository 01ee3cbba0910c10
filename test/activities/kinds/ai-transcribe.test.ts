import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { aiTranscribe } from '../../../activities/kinds/ai-transcribe.ts';
import { blob } from '../../../datasets/column-type.ts';
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
const asked = (params: object = {}) => ({ model: whisper, words: false, ...params });
const make = async (params: object = {}, seconds = 3) =>
  bench.cell(
    aiTranscribe,
    { audio: await bench.blobs.put(wavAudio(seconds)) },
    { params: asked(params), tuning: { tries: 1 } },
  );

const measures = { no_speech_prob: 0.02, avg_logprob: -0.25, compression_ratio: 1.2 };
const unmeasured = { no_speech_prob: null, avg_logprob: null, compression_ratio: null, suspect: null };
const said = { speaker: null, ...measures, suspect: false };

describe('a transcript', () => {
  it('has its text, its language as a code, its duration and its segments', async () => {
    server.answerWith({ answer: { text: 'Vamos a la marcha en la plaza San Martín con banderas rojas' } });
    expect(await make()).toEqual({
      text: 'Vamos a la marcha en la plaza San Martín con banderas rojas',
      language: 'es',
      duration_s: 3,
      segments: [
        { start_s: 0, end_s: 1.7, text: 'Vamos a la marcha en la plaza San', ...said },
        { start_s: 1.7, end_s: 3, text: 'Martín con banderas rojas', ...said },
      ],
      words: null,
      suspect_segments: 0,
      cuts: [],
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

  it('has the times of words when they are asked for', async () => {
    server.answerWith({ answer: { text: 'Hola, Perú.' } });
    expect(await make({ words: true })).toMatchObject({
      segments: [{ start_s: 0, end_s: 3 }],
      words: [
        { start_s: 0, end_s: 1.5, word: 'Hola,' },
        { start_s: 1.5, end_s: 3, word: 'Perú.' },
      ],
    });
    expect(server.calls[0]!.body).toMatchObject({ 'timestamp_granularities[]': ['segment', 'word'] });
  });

  it('is as good when nothing was said', async () => {
    server.answerWith({ answer: '' });
    const nothing = { segments: [], words: null, suspect_segments: 0, cuts: [] };
    expect(await make()).toEqual({ text: '', language: 'es', duration_s: 3, ...nothing });
  });

  it('keeps what may be the invention of the model, and says so', async () => {
    const quiet = { text: ' You', no_speech_prob: 0.73, avg_logprob: -0.68, compression_ratio: 0.27 };
    const noise = {
      text: ' 1,5,5,5,5,5,5,5,5,5,5,5,5',
      no_speech_prob: 0.1,
      avg_logprob: -0.09,
      compression_ratio: 3.3,
    };
    const speech = { text: ' Buenos días a todos los peruanos', no_speech_prob: 0.04 };
    server.answerWith({ answer: { segments: [quiet, noise, speech] } });
    expect(await make()).toMatchObject({
      text: 'You 1,5,5,5,5,5,5,5,5,5,5,5,5 Buenos días a todos los peruanos',
      segments: [
        { text: 'You', suspect: true },
        { text: '1,5,5,5,5,5,5,5,5,5,5,5,5', suspect: true },
        { text: 'Buenos días a todos los peruanos', suspect: false },
      ],
      suspect_segments: 2,
    });
  });

  it('is text alone from gpt-4o-transcribe, which answers in JSON only', async () => {
    server.answerWith({ answer: 'Buenos días.' });
    const model = { ...whisper, model: 'gpt-4o-transcribe' };
    const nothing = { segments: null, words: null, suspect_segments: null, cuts: [] };
    expect(await make({ model })).toEqual({ text: 'Buenos días.', language: null, duration_s: null, ...nothing });
    expect(bench.calls).toMatchObject([{ input_tokens: 30n, cost_nano_usd: null }]);
    expect(server.calls[0]!.body).toEqual({
      model: 'gpt-4o-transcribe',
      response_format: 'json',
      file: expect.any(Object),
    });
  });

  it('has the speakers of gpt-4o-transcribe-diarize', async () => {
    const segments = [
      { text: '¿Quién gana?', start: 0.05, end: 1.25, speaker: 'A' },
      { text: 'Nadie.', start: 31.5, end: 32, speaker: 'B' },
    ];
    server.answerWith({ answer: { segments } });
    expect(await make({ model: { ...whisper, model: 'gpt-4o-transcribe-diarize' }, language: 'es' }, 40)).toEqual({
      text: '¿Quién gana? Nadie.',
      language: 'es',
      duration_s: 40,
      segments: [
        { start_s: 0.05, end_s: 1.25, text: '¿Quién gana?', speaker: 'A', ...unmeasured },
        { start_s: 31.5, end_s: 32, text: 'Nadie.', speaker: 'B', ...unmeasured },
      ],
      words: null,
      suspect_segments: null,
      cuts: [],
    });
    expect(server.calls[0]!.body).toEqual({
      model: 'gpt-4o-transcribe-diarize',
      response_format: 'diarized_json',
      chunking_strategy: 'auto',
      language: 'es',
      file: expect.any(Object),
    });
    expect(bench.calls).toMatchObject([{ input_tokens: 400n, cost_nano_usd: null }]);
  });

  it('tells gpt-transcribe the language in the field that it reads', async () => {
    server.answerWith({ answer: 'Buenos días.' });
    const model = { ...whisper, model: 'gpt-transcribe' };
    expect(await make({ model, language: 'es' })).toMatchObject({ text: 'Buenos días.', language: 'es' });
    expect(server.calls[0]!.body).toMatchObject({ 'languages[]': ['es'], response_format: 'json' });
    expect(server.calls[0]!.body).not.toHaveProperty('language');
  });

  it('is taken from a server on this machine that leaves members out', async () => {
    server.answerWith({ answer: { text: ' Hola. ', language: 'es' } });
    server.inject({ kind: 'without', members: ['duration', 'usage', 'no_speech_prob', 'avg_logprob'] });
    const model: Model = { ...whisper, model: 'whisper-1', base_url: server.url, api_key_env: 'OPENAI_API_KEY' };
    expect(await make({ model })).toEqual({
      text: 'Hola.',
      language: 'es',
      duration_s: null,
      segments: [{ start_s: 0, end_s: 3, text: 'Hola.', speaker: null, ...unmeasured, compression_ratio: 1.2 }],
      words: null,
      suspect_segments: null,
      cuts: [],
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

describe('refused before anything runs is', () => {
  const read = (params: object) => () => aiTranscribe.reads(asked(params), { audio: { audio: blob('audio') } });
  const of = (model: string, parameters = {}) => ({ model: { ...whisper, model, parameters } });

  it.each([
    ['words', { words: true, ...of('gpt-4o-transcribe') }, /^words is not for gpt-4o-transcribe: it says no times/],
    ['words', { words: true, ...of('gpt-transcribe') }, /^words is not for gpt-transcribe: it says no times of words/],
    [
      'hint',
      { hint: 'Pedro Castillo', ...of('gpt-4o-transcribe-diarize') },
      /^hint is not for gpt-4o-transcribe-diarize: it takes no words to expect\. Leave it out, or ask a model/,
    ],
    ['prompt', of('gpt-4o-transcribe-diarize', { prompt: 'x' }), /^prompt is not for gpt-4o-transcribe-diarize/],
    ['response_format', of('whisper-1', { response_format: 'srt' }), /can't set response_format/],
  ])('%s for a model that does not take it', (parameter, params, message) => {
    expect(read(params)).toThrow(message);
    expect(read(params)).toThrow(expect.objectContaining({ parameter }));
  });

  it('not what it does take', () => {
    expect(read({ hint: 'x', words: true, temperature: 0 })()).toHaveProperty('audio');
    expect(read({ hint: 'x', temperature: 0, ...of('gpt-4o-mini-transcribe') })()).toHaveProperty('audio');
    expect(read({ language: 'es', ...of('gpt-4o-transcribe-diarize') })()).toHaveProperty('audio');
    expect(read({ hint: 'x', words: true, ...of('Systran/faster-whisper-small') })()).toHaveProperty('audio');
  });

  it('a model that the baseline has not', () => {
    expect(read({ model: { ...whisper, provider: 'baseline' } })).toThrow(/The baseline has no model whisper-1/);
  });
});
