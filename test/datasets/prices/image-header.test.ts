import { expect, it } from 'vitest';
import { imageHeader } from '../../../datasets/prices/image-header.ts';
import { pngImage } from '../../openai-server/png-image.ts';

// A JPEG's beginning: an APP0 segment, a Huffman table (C4 is no frame header), fill bytes, and SOF0 with 480 x 640.
const jpeg = Buffer.from('ffd8 ffe00004 0000 ffc40004 0000 ff ffc0 0011 08 01e0 0280'.replaceAll(' ', ''), 'hex');

it('reads the size of a PNG and of a JPEG', () => {
  expect(imageHeader(pngImage(640, 480))).toEqual({ width: 640, height: 480 });
  expect(imageHeader(jpeg)).toEqual({ width: 640, height: 480 });
});

it('knows no size of what is cut off or no image', () => {
  expect(imageHeader(jpeg.subarray(0, 12))).toBeNull();
  expect(imageHeader(pngImage(640, 480).subarray(0, 20))).toBeNull();
  expect(imageHeader(Buffer.from('<html>'))).toBeNull();
  expect(imageHeader(Buffer.alloc(0))).toBeNull();
});
