import OpenAI, { APIError } from 'openai';
import { afterAll, expect, it } from 'vitest';
import { createPaceKeepers } from '../../../../activities/models/pace/create-pace-keepers.ts';
import { OpenAIServer } from '../../../openai-server/openai-server.ts';
import { stanceRequest } from '../../../openai-server/stance-request.ts';

const server = await OpenAIServer.start({ latencyMs: 20, limits: { requestsPerMinute: 6000, burst: 1 / 60 } });
afterAll(() => server.close());

it('asks a limited server through the SDK: everything is answered, and next to nothing refused', async () => {
  const client = new OpenAI({ baseURL: server.url, apiKey: server.apiKey, maxRetries: 0 });
  const keeper = createPaceKeepers({ share: 1 }).of(`${server.url} gpt`, { maxConcurrency: 64 });
  const { signal } = new AbortController();
  server.inject({ kind: 'rate_limit', retryAfterMs: 50 }, { fault: { kind: 'status', status: 503 }, skip: 40 });

  const ask = async (row: number): Promise<string> => {
    for (let tries = 0; ; tries += 1) {
      using slot = await keeper.take(100, { signal, first: tries > 0 });
      try {
        const { data, response } = await client.chat.completions.create(stanceRequest(`row ${row}`)).withResponse();
        slot.answered(response);
        return data.id;
      } catch (error) {
        if (!(error instanceof APIError) || error.status === undefined) throw error;
        slot.answered({ status: error.status, headers: error.headers });
      }
    }
  };
  const ids = await Promise.all(Array.from({ length: 300 }, (_, row) => ask(row)));

  expect(new Set(ids).size).toBe(300);
  const { byStatus, distinct } = server.counts();
  expect(byStatus).toMatchObject({ 200: 300, 503: 1 });
  expect(distinct).toBe(300);
  // One that was ordered; a busy machine may send some at once that it should have sent one after the other.
  expect(byStatus[429]).toBeLessThan(30);
  expect(keeper.state).toMatchObject({ inFlight: 0, waiting: 0 });
});
