import { randomBytes } from 'node:crypto';
import { accessTokenInvalid } from './api-error.ts';

export interface AccessToken {
  /** Counted from 1: what the log says instead of the token. */
  readonly number: number;
  readonly clientKey: string;
  readonly expiresAtMs: number;
}

export class AccessTokens {
  readonly #tokens = new Map<string, AccessToken>();
  #issued = 0;

  issue(clientKey: string, expiresAtMs: number): string {
    this.#issued += 1;
    const token = `clt.${randomBytes(24).toString('base64url')}`;
    this.#tokens.set(token, { number: this.#issued, clientKey, expiresAtMs });
    return token;
  }

  /** The token of an `authorization: Bearer …` header, or the 401 for none, an unknown and an expired one. */
  check(header: string | undefined, nowMs: number): AccessToken {
    const token = this.#tokens.get(/^bearer (\S+)$/i.exec(header ?? '')?.[1] ?? '');
    if (token === undefined || token.expiresAtMs <= nowMs) throw accessTokenInvalid();
    return token;
  }

  /** Every token so far is refused from now on; or just one. */
  expire(number?: number): void {
    for (const [text, token] of this.#tokens) {
      if (number === undefined || token.number === number) this.#tokens.delete(text);
    }
  }
}
