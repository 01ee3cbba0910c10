import { z } from 'zod';
import type { JsonObject } from '../../../datasets/declaration/json-object.ts';
import { costOf, type PriceTable } from '../../../datasets/prices/price-table.ts';
import { NotMade } from '../../step-kind.ts';
import { answerUsage, textIn } from '../answer-usage.ts';
import type { ClientPool, Endpoint } from '../client-pool.ts';
import { ModelAccessError } from '../model-access-error.ts';
import { readCompletion } from '../openai/read-completion.ts';
import { readEmbedding } from '../openai/read-embedding.ts';
import { type ProviderFailure, providerFailure } from '../provider-failure.ts';
import { sendableBody, sendRequest } from '../send-request.ts';
import { UnknownModelError } from '../unknown-model-error.ts';
import { readAnswer } from '../usable-answer.ts';
import type { ModelPurpose } from './model-purpose.ts';
import { tinyRequest } from './tiny-request.ts';

/** What came of one tiny request. */
export interface ModelTrial {
  readonly ok: boolean;
  /** The model that answered; null is "not stated", or no answer. */
  readonly answered: string | null;
  /** Of the request. */
  readonly ms: number;
  /** What was seen to work, such as `images`. */
  readonly works: readonly string[];
  /** Null where the price or the usage isn't known; 0 where nothing was sent. */
  readonly costNanoUsd: bigint | null;
  /** What is wrong; null when nothing is. */
  readonly problem: string | null;
  /** The one thing that mends it. */
  readonly mend: string | null;
}

export interface TrialTools {
  readonly clients: ClientPool;
  readonly prices: PriceTable;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Sends one tiny request, which nothing journals: it is paid for each time. */
export async function tryModel(purpose: ModelPurpose, tools: TrialTools): Promise<ModelTrial> {
  const { model, asks } = purpose;
  if (model.provider === 'baseline')
    return {
      ok: true,
      answered: model.model,
      ms: 0,
      works: ['in this program'],
      costNanoUsd: 0n,
      problem: null,
      mend: null,
    };
  let endpoint: Endpoint | null;
  try {
    endpoint = tools.clients.endpoint(model);
  } catch (error) {
    if (error instanceof ModelAccessError) return unsent(sentence(error.found), error.mend);
    throw error;
  }
  if (endpoint === null) return unsent('no speech engine runs on this machine', 'gettok doctor says what is missing');
  const { request, blobs } = tinyRequest(purpose);
  const startedMs = performance.now();
  const took = () => Math.round(performance.now() - startedMs);
  try {
    const raw = await sendRequest(endpoint, request.endpoint, await sendableBody(request, blobs), tools);
    const ms = took();
    const read = readAnswer(raw.bytes, request.endpoint);
    const body: JsonObject = read.kind === 'broken' ? {} : read.body;
    const answered = textIn(body, 'model');
    const costNanoUsd = costOf(tools.prices, model, answerUsage(body), answered);
    const seen =
      read.kind === 'usable' ? lookInto(body, purpose) : { problem: `it sent ${endpoint.redact(read.found)}` };
    const found = { answered, ms, costNanoUsd };
    if ('works' in seen) return { ...found, ok: true, works: seen.works, problem: null, mend: null };
    return { ...found, ok: false, works: [], problem: seen.problem, mend: MENDS[asks] };
  } catch (error) {
    const failure = providerFailure(error, endpoint, model);
    if (failure === null) throw error;
    return { ...unsent(...told(failure, model.name)), ms: took() };
  }
}

const MENDS: Readonly<Record<ModelPurpose['asks'], string>> = {
  questions: 'Declare a model and a server that keep to a JSON Schema (response_format of type json_schema)',
  transcripts: 'Declare a model that transcribes',
  vectors: 'Declare an embedding model',
};

/** The answer's form is what a step needs of it. */
function lookInto(
  body: JsonObject,
  { model, asks, images }: ModelPurpose,
): { readonly works: readonly string[] } | { readonly problem: string } {
  if (asks === 'transcripts') return { works: ['transcript'] };
  if (asks === 'vectors') {
    const vector = readEmbedding(body, { model, dimensions: undefined });
    return vector instanceof NotMade
      ? { problem: vector.message ?? vector.code }
      : { works: [`${vector.length} dimensions`] };
  }
  const withImages = images ? ['images'] : [];
  const read = readCompletion(body, z.strictObject({ answer: z.literal('ok') }));
  if (!(read instanceof NotMade)) return { works: ['structured output', ...withImages] };
  // The schema and the images were taken, and there was more to say, or to think, than the little that was asked for.
  if (read.code === 'cut_off') return { works: ['answer cut off', ...withImages] };
  return { problem: read.message ?? read.code };
}

const unsent = (problem: string, mend: string): ModelTrial => ({
  ok: false,
  answered: null,
  ms: 0,
  works: [],
  costNanoUsd: 0n,
  problem,
  mend,
});

function told(failure: ProviderFailure, name: string): [problem: string, mend: string] {
  if (failure.kind === 'passing')
    return [failure.reason, `Try again later; a server of your own: is it up, and has it loaded the model?`];
  if (failure.kind === 'cell') {
    const { code, message } = failure.outcome;
    const gone = code === 'engine_unavailable';
    return [
      sentence(message ?? code),
      gone
        ? `Start that server, or correct base_url of models.${name}`
        : `Correct models.${name}: the server refuses a request made from it`,
    ];
  }
  const { error } = failure;
  const known = error instanceof ModelAccessError || error instanceof UnknownModelError;
  return known ? [sentence(error.found), error.mend] : [sentence(error.message), `Correct models.${name}`];
}

/** In one line, without what is about a run, and without the full stop. */
const sentence = (text: string) =>
  text
    .replace(/ Nothing was paid( since)?\./, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
