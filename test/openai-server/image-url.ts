import { imageSizeOf, type ImageSize } from './image-size.ts';
import { invalidRequest } from './openai-error.ts';

const unsupportedImage = (param: string): Error =>
  invalidRequest(
    "You uploaded an unsupported image. Please make sure your image has of one the following formats: ['png', 'jpeg', 'gif', 'webp'].",
    param,
    'invalid_image_format',
  );

const notADataUrl = (param: string, found: string): Error =>
  invalidRequest(
    `Invalid '${param}'. Expected a base64-encoded data URL with an image MIME type (e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU='), but got ${found}.`,
    param,
    'invalid_value',
  );

/** The image of a data URL; refused when it isn't canonical base64 of a JPEG or PNG of the type it says. */
export function readImageUrl(url: string, param: string): ImageSize {
  const head = /^data:image\/([a-z+]+);base64,/.exec(url.slice(0, 64));
  if (head === null) {
    // The real service would fetch an http address; from here there is nothing to fetch, which it words like this.
    throw /^https?:/.test(url)
      ? invalidRequest(`Error while downloading ${url}.`, param, 'invalid_image_url')
      : notADataUrl(param, "a value without the 'data:' prefix");
  }
  const base64 = url.slice(head[0].length);
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length === 0 || !isCanonical(base64, bytes)) {
    throw notADataUrl(param, `${bytes.length === 0 ? 'empty' : 'invalid'} base64-encoded bytes`);
  }
  const size = imageSizeOf(bytes);
  if (size === null || size.format !== head[1]) throw unsupportedImage(param);
  return size;
}

// Buffer skips what isn't base64 and takes the URL-safe letters too: both show in the length or by their letters.
function isCanonical(base64: string, bytes: Buffer): boolean {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return (
    base64.length % 4 === 0 &&
    bytes.length === (base64.length / 4) * 3 - padding &&
    !base64.includes('-') &&
    !base64.includes('_')
  );
}

/** gpt-4o's rule: 85, and 170 for each 512 px tile once the image fits 2048 x 2048 and its short side 768 px. */
export function imageTokens({ width, height }: ImageSize, detail: string): number {
  if (detail === 'low') return 85;
  const fit = Math.min(1, 2048 / Math.max(width, height));
  const scale = fit * Math.min(1, 768 / (Math.min(width, height) * fit));
  return 85 + 170 * Math.ceil((width * scale) / 512) * Math.ceil((height * scale) / 512);
}
