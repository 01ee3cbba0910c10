import { GettokError } from '../../manifests/gettok-error.ts';

/** A provider that can't answer now: tried again later, when what it has answered so far is found in the journal. */
export class ProviderUnavailableError extends GettokError {
  override readonly name = 'ProviderUnavailableError';
  readonly passing = true;
  /** How long the provider asked to be left alone; null when it didn't say. */
  readonly retryAfterMs: number | null;
  constructor(provider: string, reason: string, tries: number, retryAfterMs: number | null) {
    super(
      `${provider} gave no answer in ${tries === 1 ? 'one try' : `${tries} tries`}: ${reason}. ` +
        `The run tries again by itself; every answer until now is kept.`,
    );
    this.retryAfterMs = retryAfterMs;
  }
}
