import { Client } from 'minio';
import { GettokError } from '../manifests/gettok-error.ts';
import type { ListedObject, ObjectStore } from '../manifests/object-store.ts';
import type { Buckets } from './step-kind.ts';

export interface BucketAddress {
  /** Such as `http://127.0.0.1:9000`. */
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly bucket: string;
  readonly region: string;
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code;
const isAbsent = (error: unknown) => ['NoSuchKey', 'NotFound'].includes(String(codeOf(error)));

/** The bucket of a project, through `minio`; the bucket is made when it doesn't exist. */
export async function openMinioStore(address: BucketAddress): Promise<ObjectStore> {
  const client = clientOf(address);
  if (!(await client.bucketExists(address.bucket))) {
    await client.makeBucket(address.bucket, address.region).catch((error: unknown) => {
      if (codeOf(error) !== 'BucketAlreadyOwnedByYou') throw error;
    });
  }
  return storeOf(client, address.bucket);
}

/** Other buckets of the same server, such as one that holds videos; they must exist. */
export const openBuckets = (address: BucketAddress): Buckets => ({
  open: async (bucket) => {
    const client = clientOf(address);
    if (!(await client.bucketExists(bucket))) throw new NoBucketError(bucket, address.endpoint);
    return storeOf(client, bucket);
  },
});

/** Whether the bucket keeps old versions of its objects; null when there is no such bucket. */
export async function isBucketVersioned(address: BucketAddress): Promise<boolean | null> {
  const client = clientOf(address);
  if (!(await client.bucketExists(address.bucket))) return null;
  return (await client.getBucketVersioning(address.bucket)).Status === 'Enabled';
}

/** A bucket that a declaration names and that is not there. */
export class NoBucketError extends GettokError {
  override readonly name = 'NoBucketError';
  constructor(bucket: string, endpoint: string) {
    super(`There is no bucket "${bucket}" at ${endpoint}. Correct the path in dataset.yaml, or make the bucket.`);
  }
}

/** The store answered that it didn't remove what it was asked to. */
export class RemovalRefusedError extends GettokError {
  override readonly name = 'RemovalRefusedError';
  constructor(bucket: string, count: number, first: string) {
    super(
      `The bucket "${bucket}" refused to remove ${count} objects: ${first}. Allow it to s3.access_key, then try again.`,
    );
  }
}

function clientOf({ endpoint, accessKey, secretKey, region }: BucketAddress): Client {
  const url = new URL(endpoint);
  const useSSL = url.protocol === 'https:';
  const port = Number(url.port || (useSSL ? 443 : 80));
  return new Client({ endPoint: url.hostname, port, useSSL, accessKey, secretKey, pathStyle: true, region });
}

function storeOf(client: Client, bucket: string): ObjectStore {
  return {
    async get(key) {
      try {
        const stream = await client.getObject(bucket, key);
        const chunks: Buffer[] = [];
        for await (const chunk of stream) chunks.push(chunk as Buffer);
        const headers = (stream as unknown as { headers: Record<string, string> }).headers;
        return { bytes: Buffer.concat(chunks), etag: headers['etag']?.replaceAll('"', '') ?? '' };
      } catch (error) {
        if (isAbsent(error)) return null;
        throw error;
      }
    },
    async getToFile(key, path) {
      try {
        await client.fGetObject(bucket, key, path);
        return true;
      } catch (error) {
        if (isAbsent(error)) return false;
        throw error;
      }
    },
    async has(key) {
      try {
        await client.statObject(bucket, key);
        return true;
      } catch (error) {
        if (isAbsent(error)) return false;
        throw error;
      }
    },
    async put(key, bytes) {
      await client.putObject(bucket, key, Buffer.from(bytes));
    },
    async putFile(key, path) {
      await client.fPutObject(bucket, key, path);
    },
    async putIf(key, bytes, condition) {
      const header = condition === 'absent' ? { 'If-None-Match': '*' } : { 'If-Match': `"${condition.etag}"` };
      try {
        await client.putObject(bucket, key, Buffer.from(bytes), bytes.byteLength, header);
        return true;
      } catch (error) {
        if (codeOf(error) === 'PreconditionFailed' || isAbsent(error)) return false;
        throw error;
      }
    },
    async *list(prefix) {
      for await (const item of client.listObjectsV2(bucket, prefix, true)) {
        yield listed(item as { name?: string; size: number; etag?: string; lastModified?: Date });
      }
    },
    async remove(keys) {
      if (keys.length === 0) return;
      const refused = await client.removeObjects(bucket, [...keys]);
      const [first] = refused;
      if (first) throw new RemovalRefusedError(bucket, refused.length, JSON.stringify(first));
    },
  };
}

const listed = (item: { name?: string; size: number; etag?: string; lastModified?: Date }): ListedObject => ({
  key: item.name ?? '',
  byteLength: item.size,
  etag: item.etag ?? '',
  modified: item.lastModified ?? new Date(0),
});
