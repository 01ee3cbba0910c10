import { GettokError } from '../../manifests/gettok-error.ts';

/** A provider that can't answer now: tried again later, when what it has answered so far is found in the journal. */
export class ProviderUnavailableError extends GettokError {
  override readonly name: string = 'ProviderUnavailableError';
  readonly passing = true;
  /** What happened, a sentence. */
  readonly found: string;
  /** How long the provider asked to be left alone; null when it didn't say. */
  readonly retryAfterMs: number | null;
  /** A word for why, of a fixed set: it may enter a Temporal history, where `found` may not. */
  readonly code: string;
  constructor(found: string, retryAfterMs: number | null, code = 'provider_error') {
    super(`${found} The run tries again by itself; every answer until now is kept.`);
    this.found = found;
    this.retryAfterMs = retryAfterMs;
    this.code = code;
  }
}

/** A provider that has too much waiting in batches: the batch is sent again later, however long that takes. */
export class BatchPutOffError extends ProviderUnavailableError {
  override readonly name = 'BatchPutOffError';
}
