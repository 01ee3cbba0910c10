import { GettokError } from '../../manifests/gettok-error.ts';

/** No reply came, or none that can be read to its end: the request may have been counted by the API all the same. */
export class ApiUnreachableError extends GettokError {
  override readonly name = 'ApiUnreachableError';
  /** Of a fixed set, for the log: `unreachable`, `too_slow`, `too_large`, `token_unavailable`. */
  readonly code: string;
  constructor(code: string, found: string) {
    super(`${found} The run tries again by itself; every reply until now is kept.`);
    this.code = code;
  }
}
