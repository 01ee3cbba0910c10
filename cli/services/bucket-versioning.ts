import { Client } from 'minio';
import type { S3Service } from './services.ts';

/** Whether the bucket keeps old versions of its objects; null when there is no such bucket. */
export async function isBucketVersioned({
  endpoint,
  accessKey,
  secretKey,
  bucket,
  region,
}: S3Service): Promise<boolean | null> {
  const { hostname, port, protocol } = new URL(endpoint);
  const useSSL = protocol === 'https:';
  const client = new Client({
    endPoint: hostname,
    port: Number(port || (useSSL ? 443 : 80)),
    useSSL,
    accessKey,
    secretKey,
    region,
  });
  if (!(await client.bucketExists(bucket))) return null;
  return (await client.getBucketVersioning(bucket)).Status === 'Enabled';
}
