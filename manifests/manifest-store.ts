import { type Digest, DigestMismatchError, hexOf, sha256 } from './digest.ts';
import { GettokError } from './gettok-error.ts';
import { decodeManifest, encodeManifest, type Manifest } from './manifest.ts';
import type { ObjectStore } from './object-store.ts';

/** A version that a ref or a person names and that is in no bucket. */
export class MissingManifestError extends GettokError {
  override readonly name = 'MissingManifestError';
  constructor(version: Digest) {
    super(`The version ${version} is missing from the bucket. Restore it from a backup, or use another version.`);
  }
}

export const manifestKey = (version: Digest): string =>
  `manifests/sha256/${hexOf(version).slice(0, 2)}/${hexOf(version).slice(2)}.json`;

export async function readManifest(store: ObjectStore, version: Digest): Promise<Manifest> {
  const object = await store.get(manifestKey(version));
  if (!object) throw new MissingManifestError(version);
  const actual = sha256(object.bytes);
  if (actual !== version) throw new DigestMismatchError(manifestKey(version), version, actual);
  return decodeManifest(version, object.bytes);
}

/** All blobs the manifest names must be stored before. */
export async function writeManifest(store: ObjectStore, manifest: Manifest): Promise<Digest> {
  const { version, bytes } = encodeManifest(manifest);
  await store.put(manifestKey(version), bytes);
  return version;
}
