import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Digest, sha256 } from '../manifests/digest.ts';
import { lockDigest } from './software-version.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

/** Digest of the sources and their dependencies: a local worker of other code is started anew. */
export const codeDigest = (): Digest => {
  const files = globSync('{activities,cli,datasets,manifests,workflows}/**/*.{ts,mjs,json}', { cwd: root }).toSorted();
  return sha256(
    [lockDigest(), ...files.map((file) => `${file}\n${readFileSync(join(root, file), 'utf8')}`)].join('\0'),
  );
};
