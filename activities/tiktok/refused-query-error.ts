import { GettokError } from '../../manifests/gettok-error.ts';

/** TikTok refuses what is asked for itself, so that every request of it would be refused alike. Stops the run. */
export class RefusedQueryError extends GettokError {
  override readonly name = 'RefusedQueryError';
  readonly code: string;
  constructor(code: string, message: string, kind: string) {
    super(
      `TikTok refuses the query (${code}): ${message}\n` +
        `Correct it in dataset.yaml; docs/reference/steps/tiktok-${kind}.md says what it may have.`,
    );
    this.code = code;
  }
}
