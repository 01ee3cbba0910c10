import type { BucketAddress } from '../activities/minio-store.ts';
import { GettokError } from '../manifests/gettok-error.ts';
import type { Configuration } from './configuration.ts';

/** The settings don't say where the other bucket of `gettok copy` is. */
export class OtherBucketError extends GettokError {
  override readonly name = 'OtherBucketError';
  override readonly wrongUse = true;
}

/** The other bucket of `gettok copy`. */
export function otherBucket({ copy, s3 }: Configuration): BucketAddress {
  const { endpoint, accessKey, secretKey, bucket, region } = copy;
  if (!endpoint || !accessKey || !secretKey || !bucket)
    throw new OtherBucketError(
      'gettok copy needs to know the other bucket: set GETTOK_COPY_S3_ENDPOINT, GETTOK_COPY_S3_ACCESS_KEY, GETTOK_COPY_S3_SECRET_KEY and GETTOK_COPY_S3_BUCKET.',
    );
  if (!URL.canParse(endpoint.value))
    throw new OtherBucketError(
      `${endpoint.from} is "${endpoint.value}", which is no URL such as https://s3.example.org.`,
    );
  if (s3.endpoint?.value === endpoint.value && s3.bucket.value === bucket.value)
    throw new OtherBucketError(`The other bucket, "${bucket.value}" at ${endpoint.value}, is the project's own.`);
  return {
    endpoint: endpoint.value,
    accessKey: accessKey.value.reveal(),
    secretKey: secretKey.value.reveal(),
    bucket: bucket.value,
    region: region.value,
  };
}
