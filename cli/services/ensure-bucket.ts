import type { S3Service } from './services.ts';

/** Makes the bucket when it isn't there; of two who do so at once both succeed. */
export async function ensureBucket(s3: S3Service): Promise<void> {
  const client = await minioClient(s3);
  if (await client.bucketExists(s3.bucket)) return;
  try {
    await client.makeBucket(s3.bucket, s3.region);
  } catch (error) {
    if (!(await client.bucketExists(s3.bucket))) throw error;
  }
}

/** A client of the `minio` package, which is loaded only when it is needed. */
export async function minioClient({ endpoint, accessKey, secretKey, region }: Omit<S3Service, 'bucket'>) {
  const { Client } = await import('minio');
  const { hostname, port, protocol } = new URL(endpoint);
  const useSSL = protocol === 'https:';
  return new Client({
    endPoint: hostname,
    port: Number(port) || (useSSL ? 443 : 80),
    useSSL,
    accessKey,
    secretKey,
    region,
  });
}
