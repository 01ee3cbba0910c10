import { readFileSync } from 'node:fs';
import { type Digest, sha256 } from '../manifests/digest.ts';

const root = new URL('../', import.meta.url);

/** Version of this package. */
export const softwareVersion = (): string =>
  (JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string }).version;

/** Digest of the lock file: which dependencies were at work; null where the package was installed without it. */
export function lockDigest(): Digest | null {
  try {
    return sha256(readFileSync(new URL('package-lock.json', root)));
  } catch {
    return null;
  }
}
