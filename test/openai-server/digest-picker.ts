/** Numbers that follow from a digest: the same request is always answered alike, and others differently. */
export interface DigestPicker {
  /** An integer from 0 to `below - 1`. */
  below(below: number): number;
  oneOf<T>(values: readonly T[]): T;
  words(count: number): string;
}

// Not only ASCII, so that whatever handles an answer meets accents, emoji and other scripts every day.
const vocabulary = (
  'marcha plaza niño corazón Perú presidente congreso música baile calle people walking a banner with red flags ' +
  '🇵🇪 📣 «viva» Qué año 東京 señal'
).split(' ');

/** `digest` is hexadecimal with at least 16 digits. */
export function digestPicker(digest: string): DigestPicker {
  let state = Number.parseInt(digest.slice(0, 8), 16) ^ Number.parseInt(digest.slice(8, 16), 16);
  const next = (): number => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const picker: DigestPicker = {
    below: (below) => Math.floor(next() * below),
    oneOf: <T>(values: readonly T[]): T => {
      const picked = values[picker.below(values.length)];
      if (picked === undefined) throw new RangeError('nothing to pick from');
      return picked;
    },
    words: (count) => Array.from({ length: count }, () => picker.oneOf(vocabulary)).join(' '),
  };
  return picker;
}
