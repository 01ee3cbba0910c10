import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from './canonical-json.ts';
import { GettokError } from './gettok-error.ts';

/** SHA-256 of some bytes, in the form `sha256:` and 64 lower-case hexadecimal digits. */
export type Digest = `sha256:${string}`;

/** What a structured digest is of. The tag is hashed, so equal bytes under two tags never share a digest. */
export type DigestTag =
  'configuration' | 'cell' | 'request' | 'outside' | 'state' | 'plan' | 'answers' | 'batch' | 'collection';

const PATTERN = /^sha256:[0-9a-f]{64}$/;

export const isDigest = (text: unknown): text is Digest => typeof text === 'string' && PATTERN.test(text);

export const sha256 = (bytes: Uint8Array | string): Digest =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Digest of a structured value: sha256 of the canonical JSON of `[tag, value]`. */
export const digestOf = (tag: DigestTag, value: Json): Digest => sha256(canonicalJson([tag, value]));

/** The 64 hexadecimal digits of a digest. */
export const hexOf = (digest: Digest): string => digest.slice('sha256:'.length);

/** Stored bytes that aren't the bytes their name promises. */
export class DigestMismatchError extends GettokError {
  override readonly name = 'DigestMismatchError';
  readonly key: string;
  readonly expected: Digest;
  readonly actual: Digest;
  constructor(key: string, expected: Digest, actual: Digest) {
    super(
      `${key} was altered: its name says ${expected}, the stored bytes are ${actual}. Restore it from a backup or run the step again.`,
    );
    this.key = key;
    this.expected = expected;
    this.actual = actual;
  }
}
