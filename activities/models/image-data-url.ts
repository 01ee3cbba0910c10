import { type Digest, isDigest } from '../../manifests/digest.ts';
import type { Json } from '../../manifests/canonical-json.ts';
import type { BlobStore } from '../../manifests/blob-store.ts';
import { isJsonObject, type JsonObject } from '../../datasets/declaration/json-object.ts';

/** A request with each image's digest replaced by its `data:` URL, everything else and every order as it was. */
export async function withImages(body: JsonObject, blobs: Pick<BlobStore, 'get' | 'file'>): Promise<JsonObject> {
  return hasImages(body) ? withImagesIn(body, blobs) : body;
}

const hasImages = (value: Json): boolean => {
  if (Array.isArray(value)) return value.some(hasImages);
  return isJsonObject(value) && ('image_url' in value || Object.values(value).some(hasImages));
};

async function withImagesIn(body: JsonObject, blobs: Pick<BlobStore, 'get'>): Promise<JsonObject> {
  const entries = Object.entries(body).map(async ([name, value]): Promise<[string, Json]> => {
    if (name !== 'image_url' || !isImageUrl(value)) return [name, await withImagesInside(value, blobs)];
    return [name, { ...value, url: imageDataUrl(await blobs.get(value.url)) }];
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function withImagesInside(value: Json, blobs: Pick<BlobStore, 'get'>): Promise<Json> {
  if (Array.isArray(value)) return Promise.all(value.map((item: Json) => withImagesInside(item, blobs)));
  return isJsonObject(value) ? withImagesIn(value, blobs) : value;
}

const isImageUrl = (value: Json): value is { readonly url: Digest } =>
  value !== null && typeof value === 'object' && 'url' in value && isDigest(value.url);

export function imageDataUrl(bytes: Buffer): string {
  return `data:${imageType(bytes)};base64,${bytes.toString('base64')}`;
}

/** By the first bytes, for a blob has no name. What is none of these is sent as JPEG, and refused by who reads it. */
export function imageType(bytes: Buffer): string {
  if (bytes.subarray(1, 4).toString('latin1') === 'PNG') return 'image/png';
  if (bytes.subarray(0, 3).toString('latin1') === 'GIF') return 'image/gif';
  if (bytes.subarray(8, 12).toString('latin1') === 'WEBP') return 'image/webp';
  return 'image/jpeg';
}
