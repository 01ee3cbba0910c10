import { GettokError } from '../../../manifests/gettok-error.ts';
import type { Endpoint } from '../client-pool.ts';
import { atProvider, isGone, unavailable } from './batch-error.ts';
import type { BatchState } from './batch-state.ts';
import { linesOf } from './lines-of.ts';
import { type BatchResult, readResultLine } from './result-line.ts';

const ANSWER_MS = 5 * 60_000;
// Not for the whole file, which may have any size: for its next line.
const STALL_MS = 120_000;

/** The answers were paid for, and the provider has their file no longer. */
export class BatchResultsGoneError extends GettokError {
  override readonly name = 'BatchResultsGoneError';
  readonly batch: string;
  constructor(provider: string, batch: string, file: string) {
    super(
      `${provider} has no results of batch ${batch} any more: the file ${file} is gone. They can only be paid for again.`,
    );
    this.batch = batch;
  }
}

/**
 * What became of each line, in no order: join by custom id. Lines of a failed or cancelled batch may be in no file at
 * all: what isn't named here was neither answered nor charged. All readable lines come before `ProviderUnavailableError`
 * for broken ones; `BatchResultsGoneError` when a file was deleted.
 */
export async function* batchResults(
  endpoint: Endpoint,
  state: BatchState,
  signal: AbortSignal,
  stallMs = STALL_MS,
): AsyncGenerator<BatchResult> {
  for (const file of [state.outputFile, state.errorFile])
    if (file !== null) yield* resultsIn(file, { endpoint, batch: state.id, signal, stallMs });
}

interface Download {
  readonly endpoint: Endpoint;
  readonly batch: string;
  readonly signal: AbortSignal;
  readonly stallMs: number;
}

async function* resultsIn(file: string, download: Download): AsyncGenerator<BatchResult> {
  const { endpoint, batch, signal, stallMs } = download;
  const stall = new AbortController();
  const within = async <T>(act: () => Promise<T>): Promise<T> => {
    const timer = setTimeout(() => stall.abort(), stallMs);
    try {
      return await act();
    } catch (error) {
      if (stall.signal.aborted) throw unavailable(endpoint, `the results of batch ${batch} stopped coming`);
      throw isGone(error) ? new BatchResultsGoneError(endpoint.name, batch, file) : error;
    } finally {
      clearTimeout(timer);
    }
  };
  const ending = AbortSignal.any([signal, stall.signal]);
  const options = { signal: ending, maxRetries: 0, timeout: ANSWER_MS };
  const response = await atProvider(endpoint, signal, () => within(() => endpoint.client.files.content(file, options)));
  const lines = linesOf(response.body ?? new Blob([]).stream());
  let broken = 0;
  try {
    for (;;) {
      const { done, value: line } = await atProvider(endpoint, signal, () => within(() => lines.next()));
      if (done) break;
      const result = readResultLine(line);
      if (result === null) broken += 1;
      else yield result;
    }
  } finally {
    // Ends the download when nobody wants the rest.
    await lines.return(undefined);
  }
  // Skipped in silence they would be paid for again; most often the whole file is the page of a proxy.
  if (broken > 0) throw unavailable(endpoint, `${broken} broken lines in the results of batch ${batch}`);
}
