/** 32 by 32 grey pixels: vision models that cut images into patches refuse one that is smaller than a patch (28). */
export const tinyImage = (): Buffer =>
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAAAAABWESUoAAAAFklEQVR4nGNoIAAYRhWMKhhVMFIVAABCAAAfNUt+NwAAAABJRU5ErkJggg==',
    'base64',
  );

const RATE = 16_000;
const SECONDS = 0.2;

/** A WAV file of silence, above the 0.1 s that OpenAI takes at least. */
export function silence(): Buffer {
  const byteLength = RATE * SECONDS * 2;
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + byteLength, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // channels
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34); // bits
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(byteLength, 40);
  return Buffer.concat([header, Buffer.alloc(byteLength)]);
}
