import { type Digest, isDigest } from '../../manifests/digest.ts';
import type { Json } from '../../manifests/canonical-json.ts';
import type { BlobStore } from '../../manifests/blob-store.ts';

/** A request with each image's digest replaced by its `data:` URL, everything else and every order as it was. */
export async function withImages(body: Json, blobs: BlobStore): Promise<Json> {
  if (Array.isArray(body)) return Promise.all(body.map((item: Json) => withImages(item, blobs)));
  if (body === null || typeof body !== 'object') return body;
  const entries = Object.entries(body).map(async ([name, value]): Promise<[string, Json]> => {
    if (name !== 'image_url' || !isImageUrl(value)) return [name, await withImages(value, blobs)];
    return [name, { ...value, url: imageDataUrl(await blobs.get(value.url)) }];
  });
  return Object.fromEntries(await Promise.all(entries));
}

const isImageUrl = (value: Json): value is { readonly url: Digest } =>
  value !== null && typeof value === 'object' && 'url' in value && isDigest(value.url);

export function imageDataUrl(bytes: Buffer): string {
  return `data:${imageType(bytes)};base64,${bytes.toString('base64')}`;
}

/** By the first bytes, for a blob has no name. What is none of these is sent as JPEG, and refused by who reads it. */
function imageType(bytes: Buffer): string {
  if (bytes.subarray(1, 4).toString('latin1') === 'PNG') return 'image/png';
  if (bytes.subarray(0, 3).toString('latin1') === 'GIF') return 'image/gif';
  if (bytes.subarray(8, 12).toString('latin1') === 'WEBP') return 'image/webp';
  return 'image/jpeg';
}
