import { GettokError } from '../../manifests/gettok-error.ts';

/** No reply came, or none that can be read to its end. */
export class ApiUnreachableError extends GettokError {
  override readonly name = 'ApiUnreachableError';
  /** Of a fixed set, for the log: `unreachable`, `too_slow`, `too_large`, `token_unavailable`. */
  readonly code: string;
  /** Whether it may have reached the API, and been counted there. */
  readonly sent: boolean;
  readonly found: string;
  constructor(code: string, found: string, sent = true) {
    super(`${found} The run tries again by itself; every reply until now is kept.`);
    this.code = code;
    this.found = found;
    this.sent = sent;
  }
}
