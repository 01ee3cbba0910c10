import OpenAI, { toFile } from 'openai';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { OpenAIServer } from './openai-server.ts';
import { wavAudio } from './wav-audio.ts';

const server = await OpenAIServer.start();
const client = new OpenAI({ baseURL: server.url, apiKey: server.apiKey, maxRetries: 0 });
const transcriptions = client.audio.transcriptions;
beforeEach(() => server.reset());
afterAll(() => server.close());

const speech = await toFile(wavAudio(3), 'speech.wav');
const said = 'Vamos a la marcha en la plaza San Martín con banderas rojas';
const answerSaid = (): void => server.answerWith({ answer: { text: said } });

const as = (response_format: 'json' | 'text' | 'srt' | 'vtt') =>
  transcriptions.create({ file: speech, model: 'whisper-1', response_format });

describe('a transcription', () => {
  it('of whisper-1 in verbose_json has a full language name and all fields of a segment', async () => {
    answerSaid();
    const timestamp_granularities = ['segment' as const, 'word' as const];
    const response_format = 'verbose_json' as const;
    const asked = { file: speech, model: 'whisper-1', language: 'es', response_format, timestamp_granularities };
    const measures = { seek: 0, temperature: 0, avg_logprob: -0.25, compression_ratio: 1.2, no_speech_prob: 0.02 };
    expect(await transcriptions.create(asked)).toEqual({
      task: 'transcribe',
      language: 'spanish',
      duration: 3,
      text: said,
      segments: [
        {
          id: 0,
          start: 0,
          end: 1.7,
          text: ' Vamos a la marcha en la plaza San',
          tokens: expect.any(Array),
          ...measures,
        },
        { id: 1, start: 1.7, end: 3, text: ' Martín con banderas rojas', tokens: expect.any(Array), ...measures },
      ],
      words: expect.arrayContaining([{ word: 'Vamos', start: 0, end: 0.21 }]),
      usage: { type: 'duration', seconds: 3 },
    });
  });

  it('of whisper-1 comes as json, text, srt and vtt', async () => {
    answerSaid();
    expect(await as('json')).toEqual({ text: said, usage: { type: 'duration', seconds: 3 } });
    expect(await as('text')).toBe(`${said}\n`);
    expect(await as('srt')).toBe(
      '1\n00:00:00,000 --> 00:00:01,700\nVamos a la marcha en la plaza San\n\n2\n00:00:01,700 --> 00:00:03,000\nMartín con banderas rojas\n\n',
    );
    expect(await as('vtt')).toMatch(/^WEBVTT\n\n00:00:00\.000 --> 00:00:01\.700\nVamos/);
  });

  it('of gpt-4o-transcribe is json with tokens, and log probabilities when asked', async () => {
    const text = await transcriptions.create({ file: speech, model: 'gpt-4o-transcribe', include: ['logprobs'] });
    expect(text).toMatchObject({
      text: expect.any(String),
      logprobs: expect.any(Array),
      usage: { type: 'tokens', input_tokens: 30, input_token_details: { audio_tokens: 30, text_tokens: 0 } },
    });
  });

  it('is the same for the same file though the form differs in bytes', async () => {
    const first = await transcriptions.create({ file: speech, model: 'whisper-1' });
    expect(await transcriptions.create({ file: speech, model: 'whisper-1' })).toEqual(first);
    const [one, two] = server.calls;
    expect(one?.digest).toBe(two?.digest);
    expect(one?.bytesDigest).not.toBe(two?.bytesDigest);
    expect(one?.body).toEqual({
      model: 'whisper-1',
      file: { name: 'speech.wav', byteLength: 96_044, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  it('can be silence or segments that a test describes', async () => {
    server.answerWith({ answer: '' });
    const verbose = { file: speech, model: 'whisper-1', response_format: 'verbose_json' as const };
    expect(await transcriptions.create(verbose)).toMatchObject({ text: '', segments: [] });
    server.answerWith({ answer: { segments: [{ text: ' Subtítulos', no_speech_prob: 0.9 }], language: 'quechua' } });
    expect(await transcriptions.create(verbose)).toMatchObject({
      text: 'Subtítulos',
      language: 'quechua',
      segments: [{ id: 0, start: 0, end: 3, no_speech_prob: 0.9, avg_logprob: -0.25 }],
    });
  });
});

const sent = async (fields: Record<string, string | Blob | string[]>, name = 'speech.wav') => {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) {
    if (value instanceof Blob) form.append(field, value, name);
    else for (const item of [value].flat()) form.append(field, item);
  }
  const headers = { authorization: `Bearer ${server.apiKey}` };
  const response = await fetch(`${server.url}/audio/transcriptions`, { method: 'POST', headers, body: form });
  const { error }: { error?: object } = JSON.parse(await response.text());
  return { status: response.status, ...error };
};

describe('refused is', () => {
  const file = new Blob([wavAudio(1)]);
  const whisper = { file, model: 'whisper-1' };
  const verbose = { ...whisper, response_format: 'verbose_json' };
  const gpt4o = { file, model: 'gpt-4o-transcribe' };
  const diarize = { file, model: 'gpt-4o-transcribe-diarize' };
  const wav = (bytes: Buffer) => ({ ...whisper, file: new Blob([new Uint8Array(bytes)]) });

  it.each([
    ['no file', { model: 'whisper-1' }, 'missing_required_parameter', "Missing required parameter: 'file'."],
    ['a file that is a text', { ...whisper, file: 'hola' }, 'invalid_type', 'expected a file'],
    ['no model', { file }, null, 'you must provide a model parameter'],
    ['an unknown field', { ...whisper, vad: 'yes' }, 'unknown_parameter', "Unknown parameter: 'vad'."],
    [
      'a list without its brackets',
      { ...verbose, timestamp_granularities: 'word' },
      'unknown_parameter',
      "Unknown parameter: 'timestamp_granularities'.",
    ],
    [
      'a field given twice',
      { ...whisper, language: ['es', 'en'] },
      'duplicate_parameter',
      "Duplicate parameter: 'language'.",
    ],
    ['an unknown format', { ...whisper, response_format: 'xml' }, 'invalid_value', "Invalid value: 'xml'."],
    [
      'granularities without verbose_json',
      { ...whisper, 'timestamp_granularities[]': 'word' },
      'invalid_value',
      "only supported with response_format 'verbose_json'",
    ],
    [
      'an unknown granularity',
      { ...verbose, 'timestamp_granularities[]': 'letter' },
      'invalid_value',
      "Invalid value: 'letter'.",
    ],
    [
      'verbose_json of gpt-4o',
      { ...gpt4o, response_format: 'verbose_json' },
      'unsupported_value',
      "response_format 'verbose_json' is not compatible with model 'gpt-4o-transcribe'. Use 'json' instead.",
    ],
    ['text of gpt-4o', { ...gpt4o, response_format: 'text' }, 'unsupported_value', "Use 'json' instead."],
    [
      'log probabilities of whisper',
      { ...whisper, 'include[]': 'logprobs' },
      'unsupported_parameter',
      "'include' is not supported with model 'whisper-1'.",
    ],
    [
      'keywords of whisper',
      { ...whisper, 'keywords[]': 'Perú' },
      'unsupported_parameter',
      "'keywords' is not supported",
    ],
    ['a prompt for diarization', { ...diarize, prompt: 'x' }, 'unsupported_parameter', "'prompt' is not supported"],
    [
      'a language by its name',
      { ...whisper, language: 'spanish' },
      'invalid_language_format',
      "Invalid language 'spanish'.",
    ],
    ['a temperature of 2', { ...whisper, temperature: '2' }, null, 'expected a value from 0 to 1, but got 2'],
    ['a text as audio', wav(Buffer.from('no audio at all')), null, 'Invalid file format. Supported formats:'],
    ['half a WAV header', wav(wavAudio(1).subarray(0, 30)), null, 'Invalid file format.'],
    ['hardly any audio', wav(wavAudio(0.05)), 'audio_too_short', 'Minimum audio length is 0.1 seconds.'],
  ])('%s', async (_what, fields, code, message) => {
    expect(await sent(fields)).toMatchObject({ status: 400, code, message: expect.stringContaining(message) });
  });

  it('a file whose name does not say what it is', async () => {
    for (const name of ['speech', 'speech.opus', 'speech.txt']) {
      expect(await sent(whisper, name)).toMatchObject({ message: expect.stringMatching(/^Unrecognized file format/) });
    }
  });

  it('diarization of more than 30 seconds in one piece', async () => {
    const long = { ...diarize, file: new Blob([wavAudio(31)]) };
    expect(await sent(long)).toMatchObject({ status: 400, param: 'chunking_strategy' });
    expect(await sent({ ...long, chunking_strategy: 'auto' })).toEqual({ status: 200 });
  });

  it('more than 25 MB, with 413', async () => {
    expect(await sent(wav(wavAudio(820)))).toMatchObject({
      status: 413,
      message: expect.stringMatching(/^413: Maximum content size limit \(26214400\) exceeded \(262\d{5} bytes read\)$/),
    });
  });

  it('more than 1,400 seconds, of all models but whisper-1 and gpt-transcribe', async () => {
    // A quarter of the samples a second, so that the length is over the limit before the bytes are.
    const slow = wavAudio(351);
    slow.writeUInt32LE(8000, 28);
    const message = 'audio duration 1404 seconds is longer than 1400 seconds which is the maximum for this model';
    const long = { file: new Blob([slow]), chunking_strategy: 'auto' };
    for (const model of ['gpt-4o-transcribe', 'gpt-4o-mini-transcribe', 'gpt-4o-transcribe-diarize'])
      expect(await sent({ ...long, model })).toMatchObject({ status: 400, code: 'invalid_value', message });
    expect(await sent({ file: long.file, model: 'whisper-1' })).toEqual({ status: 200 });
  });

  it('what is no form', async () => {
    const headers = { authorization: `Bearer ${server.apiKey}`, 'content-type': 'multipart/form-data; boundary=x' };
    const response = await fetch(`${server.url}/audio/transcriptions`, { method: 'POST', headers, body: 'hola' });
    expect(await response.json()).toMatchObject({ error: { message: 'Could not parse multipart form' } });
  });
});
