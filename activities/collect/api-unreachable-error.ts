import { GettokError } from '../../manifests/gettok-error.ts';

/** No reply came from an API: the network, its server, or no answer in time. Passes, as far as anybody knows. */
export class ApiUnreachableError extends GettokError {
  override readonly name = 'ApiUnreachableError';
  /** For the log: such as `timed_out` or `unreachable`. */
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
