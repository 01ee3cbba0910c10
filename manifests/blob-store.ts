import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Digest, DigestMismatchError, hexOf, sha256 } from './digest.ts';
import { GettokError } from './gettok-error.ts';
import type { ObjectStore } from './object-store.ts';

/** A blob that something refers to and that is in no bucket. */
export class MissingBlobError extends GettokError {
  override readonly name = 'MissingBlobError';
  readonly digest: Digest;
  constructor(digest: Digest) {
    super(
      `The object ${digest} is missing from the bucket. Restore it from a backup, or run the step that made it again.`,
    );
    this.digest = digest;
  }
}

/** Immutable blobs, named by content, in the bucket and in a local folder that holds copies checked by their digest. */
export interface BlobStore {
  put(bytes: Uint8Array): Promise<Digest>;
  /** Stores a file by its content; the file itself stays. */
  putFile(path: string): Promise<Digest>;
  get(digest: Digest): Promise<Buffer>;
  /** Path of a local, read-only copy whose bytes were checked when it was fetched. */
  file(digest: Digest): Promise<string>;
  has(digest: Digest): Promise<boolean>;
  /** Without reading it. */
  byteLength(digest: Digest): Promise<number>;
}

export const blobKey = (digest: Digest): string =>
  `objects/sha256/${hexOf(digest).slice(0, 2)}/${hexOf(digest).slice(2)}`;

export async function digestOfFile(path: string): Promise<Digest> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return `sha256:${hash.digest('hex')}`;
}

export function createBlobStore(store: ObjectStore, cacheFolder: string): BlobStore {
  const cachePath = (digest: Digest) => join(cacheFolder, hexOf(digest).slice(0, 2), hexOf(digest).slice(2));
  const fetching = new Map<Digest, Promise<string>>();

  async function fetchToCache(digest: Digest): Promise<string> {
    const path = cachePath(digest);
    if (await stat(path).catch(() => null)) return path;
    await mkdir(dirname(path), { recursive: true });
    const partial = `${path}.${randomUUID()}`;
    try {
      if (!(await store.getToFile(blobKey(digest), partial))) throw new MissingBlobError(digest);
      const actual = await digestOfFile(partial);
      if (actual !== digest) throw new DigestMismatchError(blobKey(digest), digest, actual);
      await rename(partial, path);
    } catch (error) {
      await unlink(partial).catch(() => {});
      throw error;
    }
    return path;
  }

  return {
    async put(bytes) {
      const digest = sha256(bytes);
      // A blob is written at most once a content; asking first is cheaper than sending it again.
      if (!(await store.has(blobKey(digest)))) await store.put(blobKey(digest), bytes);
      return digest;
    },
    async putFile(path) {
      const digest = await digestOfFile(path);
      if (!(await store.has(blobKey(digest)))) await store.putFile(blobKey(digest), path);
      return digest;
    },
    async get(digest) {
      const object = await store.get(blobKey(digest));
      if (!object) throw new MissingBlobError(digest);
      const actual = sha256(object.bytes);
      if (actual !== digest) throw new DigestMismatchError(blobKey(digest), digest, actual);
      return object.bytes;
    },
    file(digest) {
      const pending = fetching.get(digest) ?? fetchToCache(digest).finally(() => fetching.delete(digest));
      fetching.set(digest, pending);
      return pending;
    },
    has: (digest) => store.has(blobKey(digest)),
    async byteLength(digest) {
      for await (const { key, byteLength } of store.list(blobKey(digest)))
        if (key === blobKey(digest)) return byteLength;
      throw new MissingBlobError(digest);
    },
  };
}
