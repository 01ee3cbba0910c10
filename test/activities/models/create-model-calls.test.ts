import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { nameOfCall } from '../../../activities/models/answers/answer-book.ts';
import { answerFamily, noteAnswers } from '../../../activities/models/answers/answer-index.ts';
import { type JournalSegment, readJournal } from '../../../activities/models/answers/answer-journal.ts';
import { requestKey } from '../../../activities/models/request-key.ts';
import { writeAnswers } from '../../../datasets/answers-file.ts';
import type { Call } from '../../../datasets/call.ts';
import type { Cell } from '../../../datasets/cell.ts';
import { sha256 } from '../../../manifests/digest.ts';
import { OpenAIServer } from '../../openai-server/openai-server.ts';
import { pngImage } from '../../openai-server/png-image.ts';
import { gpt, hello, limits, ModelBench } from './model-bench.ts';

const never = new AbortController().signal;
const server = await OpenAIServer.start();
let bench: ModelBench;
beforeEach(async () => {
  server.reset();
  bench = await ModelBench.start(server);
});
afterAll(() => server.close());

it('asks for a part of an audio under a key of its own', () => {
  const whisper = { name: 'whisper', provider: 'openai', model: 'whisper-1' } as const;
  const whole = {
    endpoint: 'audio/transcriptions',
    body: { model: 'whisper-1' },
    audio: sha256('x'),
    prompt: null,
  } as const;
  expect(requestKey(whisper, whole)).toBe('sha256:ab944bf36ed592463868f0d469fcb1aa79bee3b1e56bc7ee3dc71798b02a22b7');
  expect(requestKey(whisper, { ...whole, part: { fromSample: 0, toSample: 10_419_200 } })).toBe(
    'sha256:4ba3ec2b913cc08c0326d2f0f02d742c4e78f87d2785522d76ab1a0e090c0b00',
  );
});

describe('an answer', () => {
  it('is paid for once: the same cell finds it in the journal, and knows the same of it', async () => {
    const first = await bench.models().ask(gpt, hello(), limits);
    const paid = bench.calls;
    expect(await bench.models().ask(gpt, hello(), limits)).toEqual(first);
    expect(server.counts().total).toBe(1);
    expect(bench.calls).toEqual(paid);
    expect(paid).toEqual([
      {
        endpoint: 'chat/completions',
        request_key: requestKey(gpt, hello()),
        prompt_digest: null,
        answer_digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        provider: 'openai',
        model_requested: 'gpt-4o-2024-11-20',
        model_returned: 'gpt-4o-2024-11-20',
        response_id: expect.stringMatching(/^chatcmpl-/),
        request_id: server.calls[0]!.requestId,
        input_tokens: expect.any(BigInt),
        cached_input_tokens: 0n,
        output_tokens: expect.any(BigInt),
        audio_seconds: null,
        cost_nano_usd: expect.any(BigInt),
        attempt: 1,
        started_ms: expect.any(BigInt),
        ended_ms: expect.any(BigInt),
      },
    ]);
  });

  it('is in the bucket, byte for byte, before anybody looks into it', async () => {
    const dying = bench.models();
    // What follows the journal's write is the first look into the answer: the process dies in it.
    bench.calls.push = () => {
      throw new Error('killed');
    };
    await expect(dying.ask(gpt, hello(), limits)).rejects.toThrow('killed');
    expect(bench.journal).toEqual([
      expect.stringMatching(/^journal\/peru\/stance\/2022-12-07\/r-1\/[0-9a-f-]{36}-000001$/),
    ]);
    await bench.models().ask(gpt, hello(), limits);
    expect(server.counts().total).toBe(1);
    const [{ answers }] = (await readJournal(bench.store, { dataset: 'peru', step: 'stance', partition: null })) as [
      JournalSegment,
    ];
    const { bytes, ...facts } = answers[0]!;
    expect(facts).toEqual({
      id: '7203',
      requestKey: requestKey(gpt, hello()),
      cellKey: sha256('cell'),
      answer: bench.calls[0]!.answer_digest,
      status: 200,
      requestId: server.calls[0]!.requestId,
      run: 'r-1',
      attempt: 1,
      startedMs: Number(bench.calls[0]!.started_ms),
      endedMs: Number(bench.calls[0]!.ended_ms),
      batch: false,
    });
    expect(sha256(bytes)).toBe(facts.answer);
    expect(JSON.parse(bytes.toString())).toMatchObject({ id: bench.calls[0]!.response_id, usage: {} });
  });

  it('belongs to one row: another row pays for the same question', async () => {
    await bench.models({ id: 'a' }).ask(gpt, hello(), limits);
    await bench.models({ id: 'b' }).ask(gpt, hello(), limits);
    expect(server.counts().total).toBe(2);
  });

  it('shares one object with those that come with it, and holds its slot until that is written', async () => {
    server.configure({ latencyMs: 30 });
    const step = bench.step({ model: { ...gpt, max_concurrency: 4 } });
    const written = Promise.withResolvers<void>();
    const { store } = bench;
    const put = store.put.bind(store);
    vi.spyOn(store, 'put').mockImplementation(async (key, bytes) => {
      await written.promise;
      await put(key, bytes);
    });
    const cell = (id: string) =>
      step.forCell({ id, cellKey: sha256(id), signal: never, waiting: never, ignored: new Set(), record() {} });
    const model = { ...gpt, max_concurrency: 4 };
    const asked = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => cell(id).ask(model, hello(id), limits));
    await vi.waitFor(() => expect(server.counts()).toMatchObject({ total: 4, inFlight: 0 }), { timeout: 20_000 });
    await pause(50);
    expect(server.counts().total).toBe(4);
    written.resolve();
    await Promise.all(asked);
    server.configure({ latencyMs: 0 });
    expect(server.counts()).toMatchObject({ total: 6, billed: 6 });
    expect(bench.journal.length).toBeLessThan(6);
  });

  it('is kept when the bucket is away for a moment', async () => {
    const put = vi.spyOn(bench.store, 'put').mockRejectedValueOnce(new Error('the bucket is away'));
    await bench.models().ask(gpt, hello(), limits);
    expect(put).toHaveBeenCalledTimes(2);
    expect(server.counts().total).toBe(1);
    expect(bench.journal).toHaveLength(1);
  });

  it('is found in the file of answers that a finished run leaves, byte for byte', async () => {
    const step = bench.step();
    const calls: Call[] = [];
    const cell = { id: 'a', cellKey: sha256('a'), signal: never, waiting: never, ignored: new Set<string>() };
    await step.forCell({ ...cell, record: (call) => calls.push(call) }).ask(gpt, hello(), limits);
    const [answer] = step.book.answersOf([{ id: 'a', calls } as unknown as Cell]);
    const file = await bench.blobs.put(await writeAnswers([answer!]));
    await noteAnswers(
      bench.store,
      { dataset: 'peru', family: answerFamily({ kind: 'ai/classify' }, gpt) },
      '2022-12-07',
      file,
    );
    await bench.store.remove(bench.journal);
    await bench.models({ id: 'a', run: 'r-2' }).ask(gpt, hello(), limits);
    expect(server.counts().total).toBe(1);
    expect(bench.calls).toEqual(calls);
    await bench.models({ id: 'b', run: 'r-2' }).ask(gpt, hello(), limits);
    expect(server.counts().total).toBe(2);
  });

  it('does not count when the cell failed with it and is asked again, but stays in its provenance', async () => {
    await bench.models().ask(gpt, hello(), limits);
    const [first] = bench.calls;
    const ignored = new Set([nameOfCall(first!)!]);
    await bench.models({ ignored, run: 'r-2' }).ask(gpt, hello(), limits);
    expect(server.counts().total).toBe(2);
    expect(bench.calls).toMatchObject([first, { attempt: 2 }]);
    // The run that asked again was killed: the next finds what it got.
    await bench.models({ ignored, run: 'r-3' }).ask(gpt, hello(), limits);
    expect(server.counts().total).toBe(2);
  });

  it('in no readable form is asked for once more, in all runs together', async () => {
    const unreadable = () => false;
    const answer = await bench.models().ask(gpt, hello(), { ...limits, tries: 9 }, unreadable);
    expect(answer).toMatchObject({ body: { choices: [{}] } });
    expect(bench.calls).toMatchObject([{ attempt: 1 }, { attempt: 2 }]);
    await bench.models({ run: 'r-2' }).ask(gpt, hello(), { ...limits, tries: 9 }, unreadable);
    expect(server.counts().total).toBe(2);
    // A parser that was mended reads what is there.
    await bench.models({ run: 'r-3' }).ask(gpt, hello(), limits);
    expect(server.counts().total).toBe(2);
  });
});

describe('a request', () => {
  it('is the same bytes for the same question', async () => {
    const image = await bench.blobs.put(pngImage(8, 8));
    const content = [{ type: 'image_url', image_url: { url: image, detail: 'low' } }];
    const request = { ...hello(), body: { model: gpt.model, messages: [{ role: 'user', content }] } };
    for (const id of ['a', 'b']) await bench.models({ id }).ask(gpt, request, limits);
    const [one, two] = server.calls;
    expect(one!.bytesDigest).toBe(two!.bytesDigest);
    expect(one!.body).toEqual({
      model: gpt.model,
      messages: [
        {
          role: 'user',
          content: [
            {
              type: 'image_url',
              image_url: { url: `data:image/png;base64,${pngImage(8, 8).toString('base64')}`, detail: 'low' },
            },
          ],
        },
      ],
    });
  });

  it('has a key that doesn’t depend on where it is sent, and does on everything that is asked', () => {
    const speech = {
      endpoint: 'audio/transcriptions',
      body: { model: 'whisper-1', response_format: 'verbose_json' },
      audio: sha256('sound'),
      prompt: null,
    } as const;
    const whisper = { ...gpt, model: 'whisper-1' };
    expect(requestKey(gpt, hello())).toBe('sha256:b2de2cd91bfdd635bd98b6c0610d676d897f0b4d1907a6232bc6d89809a12dee');
    expect(requestKey({ ...gpt, name: 'other', base_url: 'http://localhost/v1', api_key_env: 'X' }, hello())).toBe(
      requestKey(gpt, hello()),
    );
    expect(requestKey(whisper, speech)).toBe('sha256:1edba959fc3e004a58df4b513e3645796911059e66544c4804df153b3724ab81');
    expect(requestKey({ ...whisper, weights: 'base' }, speech)).toBe(
      'sha256:2d315ec1e24dfc1ba0aa382b10936d2e4cc099eed4a37ece2233a9bff1570766',
    );
    const keys = [hello(), hello('adiós'), speech, { ...speech, audio: sha256('other') }].map((each) =>
      requestKey(gpt, each),
    );
    expect(new Set(keys).size).toBe(4);
  });

  it('ends at once when the run is cancelled', async () => {
    server.inject({ kind: 'hang' });
    const cancelling = new AbortController();
    const asking = bench.models({ signal: cancelling.signal }).ask(gpt, hello(), limits);
    setTimeout(() => cancelling.abort(new Error('cancelled')), 50);
    await expect(asking).rejects.toThrow('cancelled');
    expect(bench.journal).toEqual([]);
  });
});

describe('what passes', () => {
  it.each([
    ['a rate limit', { kind: 'rate_limit', retryAfterMs: 10 }, '', null],
    ['an error of the server', { kind: 'server_error' }, '500 server_error', 'provider_error'],
    ['a gateway’s page', { kind: 'unavailable_html' }, '503', 'provider_error'],
    ['a conflict', { kind: 'status', status: 409, body: { error: { message: 'x' } } }, '409', 'provider_error'],
    ['a page with status 200', { kind: 'html' }, 'an HTML page', 'provider_error'],
    ['half an answer', { kind: 'truncated_json' }, 'half of a JSON text', 'provider_error'],
    [
      'a connection that breaks at once',
      { kind: 'reset', after: 'request' },
      'the connection failed',
      'provider_error',
    ],
    [
      'a connection that breaks after the headers',
      { kind: 'reset', after: 'headers' },
      'the connection failed',
      'provider_error',
    ],
    [
      'a connection that breaks in the answer',
      { kind: 'reset', after: 'body' },
      'the connection failed',
      'provider_error',
    ],
    ['silence', { kind: 'hang' }, 'no answer within 0.9 s', 'timed_out'],
  ] as const)('is tried again in place: %s', async (_what, fault, reason, code) => {
    const short = { timeoutMs: 900, tries: 1 };
    server.inject(fault);
    const answer = await bench.models().ask(gpt, hello(), { ...short, tries: 2 });
    expect(answer).toMatchObject({ body: { choices: [{}] } });
    if (code === null) return;
    server.inject(fault);
    expect(await bench.models({ id: 'other' }).ask(gpt, hello(), short)).toMatchObject({
      status: 'failed',
      code,
      message: expect.stringContaining(reason),
    });
  });

  it('fails single cells while others are answered, and stops all when none is', async () => {
    const step = bench.step();
    const ask = (id: string) => {
      const cell = { id, cellKey: sha256(id), signal: never, waiting: never, ignored: new Set<string>() };
      return step.forCell({ ...cell, record() {} }).ask(gpt, hello(id), limits);
    };
    server.inject({ fault: { kind: 'server_error' }, times: 5 });
    for (let row = 0; row < 5; row += 1) expect(await ask(`a${row}`)).toMatchObject({ code: 'provider_error' });
    expect(await ask('b')).toHaveProperty('body');
    server.inject({ fault: { kind: 'server_error' }, times: 6 });
    for (let row = 0; row < 5; row += 1) expect(await ask(`c${row}`)).toMatchObject({ code: 'provider_error' });
    await expect(ask('d')).rejects.toMatchObject({
      name: 'ProviderUnavailableError',
      passing: true,
      message: `The server at ${server.url} gave no answer in one try: 500 server_error. The run tries again by itself; every answer until now is kept.`,
    });
  });

  it('waits as long as the provider asks', async () => {
    server.inject({ kind: 'rate_limit', retryAfterMs: 700 });
    const before = Date.now();
    await bench.models().ask(gpt, hello(), { ...limits, tries: 2 });
    expect(Date.now() - before).toBeGreaterThanOrEqual(700);
    expect(bench.calls).toMatchObject([{ attempt: 2 }]);
  });

  it('leaves a long wait to Temporal, at once', async () => {
    server.inject({ kind: 'rate_limit', retryAfterMs: 90_000 });
    await expect(bench.models().ask(gpt, hello(), { ...limits, tries: 9 })).rejects.toMatchObject({
      name: 'ProviderUnavailableError',
      retryAfterMs: 90_000,
    });
  });

  it('keeps every answer it may have paid for, in order', async () => {
    server.inject({ kind: 'truncated_json' });
    await bench.models().ask(gpt, hello(), { ...limits, tries: 2 });
    const paid = bench.calls;
    expect(paid).toMatchObject([
      { attempt: 1, answer_digest: expect.any(String), model_returned: null, cost_nano_usd: null },
      { attempt: 2, model_returned: gpt.model },
    ]);
    await bench.models().ask(gpt, hello(), limits);
    expect(bench.calls).toEqual(paid);
    expect(server.counts().total).toBe(2);
  });
});

const outcome = () => bench.models().ask(gpt, hello(), limits);
const refused = (status: number, code: string | null) =>
  ({ kind: 'status', status, body: { error: { message: 'no', code, type: 'invalid_request_error' } } }) as const;

describe('what is wrong with one cell', () => {
  it.each([
    ['a request the provider refuses', refused(400, 'invalid_value'), 'invalid_request'],
    ['a request that is too large', refused(413, null), 'invalid_request'],
    ['a request that can’t be processed', refused(422, null), 'invalid_request'],
    ['a question its filter stops', refused(400, 'content_filter'), 'content_filtered'],
    ['an answer without choices', { kind: 'empty_choices' }, 'unparseable'],
  ] as const)('fails that cell: %s', async (_what, fault, code) => {
    server.inject(fault);
    expect(await outcome()).toMatchObject({ status: 'failed', code });
    expect(bench.calls).toHaveLength(1);
  });

  it('is a request without an answer in its provenance, which cost nothing', async () => {
    server.inject(refused(400, 'invalid_value'));
    expect(await outcome()).toMatchObject({ message: '400 no' });
    expect(bench.calls).toMatchObject([
      { request_id: server.calls[0]!.requestId, answer_digest: null, cost_nano_usd: 0n, input_tokens: null },
    ]);
    expect(bench.journal).toEqual([]);
  });

  it('is no missing usage: tokens and cost are then unknown', async () => {
    server.inject({ kind: 'missing_usage' });
    await bench.models().ask(gpt, hello(), limits);
    expect(bench.calls).toMatchObject([{ input_tokens: null, output_tokens: null, cost_nano_usd: null }]);
  });

  it('is an engine on this machine that isn’t running', async () => {
    await using gone = await OpenAIServer.start();
    await gone.close();
    const local = { ...gpt, base_url: gone.url };
    expect(await bench.models().ask(local, hello(), { ...limits, tries: 3 })).toMatchObject({
      code: 'engine_unavailable',
      message: `The server at ${gone.url} can't be reached (ECONNREFUSED).`,
    });
    expect(bench.calls).toEqual([]);
    expect(await bench.models().ask({ ...gpt, base_url: 'http://127.0.0.1:9/v1' }, hello(), limits)).toMatchObject({
      message: "The server at http://127.0.0.1:9/v1 can't be reached (ECONNREFUSED).",
    });
    expect(await bench.models().ask({ ...gpt, provider: 'local' }, hello(), limits)).toMatchObject({
      code: 'engine_unavailable',
      message: 'No speech engine runs on this machine. See what is missing with: gettok doctor',
    });
  });
});
