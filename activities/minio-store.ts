import { Client } from 'minio';
import type { ListedObject, ObjectStore } from '../manifests/object-store.ts';

export interface BucketAddress {
  /** Such as `http://127.0.0.1:9000`. */
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly bucket: string;
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code;
const isAbsent = (error: unknown) => ['NoSuchKey', 'NotFound'].includes(String(codeOf(error)));

/** The bucket of a project, through `minio`; the bucket is made when it doesn't exist. */
export async function openMinioStore(address: BucketAddress): Promise<ObjectStore> {
  const url = new URL(address.endpoint);
  const client = new Client({
    endPoint: url.hostname,
    port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
    useSSL: url.protocol === 'https:',
    accessKey: address.accessKey,
    secretKey: address.secretKey,
    pathStyle: true,
    region: 'us-east-1',
  });
  const { bucket } = address;
  if (!(await client.bucketExists(bucket))) {
    await client.makeBucket(bucket).catch((error: unknown) => {
      if (codeOf(error) !== 'BucketAlreadyOwnedByYou') throw error;
    });
  }

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
      if (keys.length > 0) await client.removeObjects(bucket, [...keys]);
    },
  };
}

const listed = (item: { name?: string; size: number; etag?: string; lastModified?: Date }): ListedObject => ({
  key: item.name ?? '',
  byteLength: item.size,
  etag: item.etag ?? '',
  modified: item.lastModified ?? new Date(0),
});
