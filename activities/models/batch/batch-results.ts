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
 * all: what isn't named here was neither answered nor charged. A broken line is passed over: its request alone is asked
 * again. `ProviderUnavailableError` after all readable lines when there are none, or when the last one is cut off;
 * `BatchResultsGoneError` when a file was deleted.
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
  const { chunks, isWhole } = watchEnd(response.body ?? new Blob([]).stream());
  const lines = linesOf(chunks);
  let readable = 0;
  let lastIsBroken = false;
  try {
    for (;;) {
      const { done, value: line } = await atProvider(endpoint, signal, () => within(() => lines.next()));
      if (done) break;
      const result = readResultLine(line);
      lastIsBroken = result === null;
      if (result === null) continue;
      readable += 1;
      yield result;
    }
  } finally {
    // Ends the download when nobody wants the rest.
    await lines.return(undefined);
  }
  // Passed over in silence all would be paid for again: it is the page of a proxy, or half of the file.
  if (lastIsBroken && (readable === 0 || !isWhole()))
    throw unavailable(endpoint, `broken lines in the results of batch ${batch}`);
}

const NEWLINE = 0x0a;

/** Whether a file ended with the end of a line can be told when it was read. */
function watchEnd(inner: AsyncIterable<Uint8Array>) {
  let last: number | undefined;
  async function* watched() {
    for await (const chunk of inner) {
      last = chunk.at(-1) ?? last;
      yield chunk;
    }
  }
  return { chunks: watched(), isWhole: () => last === NEWLINE };
}
