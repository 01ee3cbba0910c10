import type { S3Service } from './services.ts';

/** Makes the bucket when it isn't there. The client is loaded only here: that takes a fifth of a second. */
export async function ensureBucket(s3: S3Service): Promise<void> {
  const { openMinioStore } = await import('../../activities/minio-store.ts');
  await openMinioStore(s3);
}
