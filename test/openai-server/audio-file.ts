export interface AudioFile {
  readonly format: 'wav' | 'flac' | 'ogg' | 'mp3' | 'mp4' | 'webm';
  readonly seconds: number;
  /** True for WAV; of the others `seconds` is a guess at 128 kbit/s, for the server decodes nothing. */
  readonly exact: boolean;
}

/** What the bytes are by their magic numbers; null when they are no audio or a WAV without a readable header. */
export function audioFileOf(bytes: Buffer): AudioFile | null {
  const ascii = (from: number, to: number): string => bytes.toString('latin1', from, to);
  if (ascii(0, 4) === 'RIFF' && ascii(8, 12) === 'WAVE') {
    const seconds = wavSeconds(bytes);
    return seconds === null ? null : { format: 'wav', seconds, exact: true };
  }
  const format = compressedFormat(bytes, ascii);
  return format && { format, seconds: bytes.length / 16_000, exact: false };
}

function compressedFormat(
  bytes: Buffer,
  ascii: (from: number, to: number) => string,
): Exclude<AudioFile['format'], 'wav'> | null {
  if (ascii(0, 4) === 'fLaC') return 'flac';
  if (ascii(0, 4) === 'OggS') return 'ogg';
  if (ascii(4, 8) === 'ftyp') return 'mp4';
  if (ascii(0, 4) === '\x1aE\xdf\xa3') return 'webm';
  const isFrame = bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe0) === 0xe0;
  return ascii(0, 3) === 'ID3' || isFrame ? 'mp3' : null;
}

function wavSeconds(bytes: Buffer): number | null {
  let bytesPerSecond = 0;
  for (let at = 12; at + 8 <= bytes.length;) {
    const chunk = bytes.toString('latin1', at, at + 4);
    const declared = bytes.readUInt32LE(at + 4);
    if (chunk === 'fmt ' && at + 20 <= bytes.length) bytesPerSecond = bytes.readUInt32LE(at + 16);
    // A WAV that was written to a pipe declares 4 GiB of data: what is there counts.
    if (chunk === 'data' && bytesPerSecond > 0) return Math.min(declared, bytes.length - at - 8) / bytesPerSecond;
    at += 8 + declared + (declared % 2);
  }
  return null;
}
