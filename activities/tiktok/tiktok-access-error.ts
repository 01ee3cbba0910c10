import { GettokError } from '../../manifests/gettok-error.ts';

/** Which variables hold what TikTok knows the project's app by. */
export const KEY_VARIABLES = 'TIKTOK_CLIENT_KEY and TIKTOK_CLIENT_SECRET';

/** TikTok gives no token to this app. Stops the run. */
export class TikTokAccessError extends GettokError {
  override readonly name = 'TikTokAccessError';
  /** TikTok's own word, such as `invalid_client`. */
  readonly code: string;
  constructor(code: string, found: string) {
    super(
      `TikTok gives no access token (${code}): ${found.replace(/[^.!?]$/, '$&.')} Every reply until now is kept.\n` +
        `Set ${KEY_VARIABLES} to the client key and secret of an app that was approved for the Research API, ` +
        `then  gettok run  goes on where it stopped.`,
    );
    this.code = code;
  }
}
