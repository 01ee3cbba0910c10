import { expect } from 'vitest';
import {
  type BatchFile,
  batchFiles,
  type BatchLine,
  type BatchPath,
} from '../../../../activities/models/batch/batch-file.ts';
import { batchResults } from '../../../../activities/models/batch/batch-results.ts';
import { type BatchState, hasEnded } from '../../../../activities/models/batch/batch-state.ts';
import { lookAtBatch } from '../../../../activities/models/batch/look-at-batch.ts';
import type { BatchResult } from '../../../../activities/models/batch/result-line.ts';
import { submitBatch, type SubmittedBatch } from '../../../../activities/models/batch/submit-batch.ts';
import { createClientPool, type Endpoint } from '../../../../activities/models/client-pool.ts';
import type { OpenAIServer } from '../../../openai-server/openai-server.ts';
import { gpt } from '../model-bench.ts';

export const never = new AbortController().signal;
export const chat: BatchPath = '/v1/chat/completions';

export function endpointOf(server: OpenAIServer, key = server.apiKey): Endpoint {
  const endpoint = createClientPool({ env: { OPENAI_API_KEY: key }, baseUrl: server.url }).endpoint(gpt);
  if (endpoint === null) throw new TypeError('no endpoint');
  return endpoint;
}

export const question = (customId: string, changes: object = {}): BatchLine => ({
  customId,
  body: { model: gpt.model, messages: [{ role: 'user', content: customId }], ...changes },
});

export const questions = (...customIds: readonly string[]): BatchLine[] => customIds.map((id) => question(id));

/** The one file that these lines are. */
export async function fileOf(lines: readonly BatchLine[], path = chat): Promise<BatchFile> {
  const files = await Array.fromAsync(batchFiles(path, lines));
  expect(files).toHaveLength(1);
  return files[0]!;
}

export async function submit(
  endpoint: Endpoint,
  key: string,
  lines: readonly BatchLine[],
  signal = never,
): Promise<SubmittedBatch> {
  const file = await fileOf(lines);
  return submitBatch(endpoint, { key, file, createdAfterMs: Date.now(), signal, settleMs: 0 });
}

export async function look(endpoint: Endpoint, id: string): Promise<BatchState> {
  const state = await lookAtBatch(endpoint, id, never);
  if (state === null) throw new TypeError(`batch ${id} is lost`);
  return state;
}

export async function ended(endpoint: Endpoint, { id }: { readonly id: string }): Promise<BatchState> {
  await expect.poll(async () => hasEnded(await look(endpoint, id))).toBe(true);
  return look(endpoint, id);
}

/** By custom id: `answered`, `refused 429`, `unanswered batch_expired`. */
export async function outcomes(endpoint: Endpoint, state: BatchState): Promise<Record<string, string>> {
  const results = await Array.fromAsync(batchResults(endpoint, state, never));
  return Object.fromEntries(results.map((result) => [result.customId, outcomeOf(result)]));
}

function outcomeOf(result: BatchResult): string {
  if (result.kind === 'unanswered') return `unanswered ${result.code}`;
  return result.kind === 'refused' ? `refused ${result.status}` : 'answered';
}
