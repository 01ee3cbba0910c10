import { expect, it } from 'vitest';
import { parseAge } from '../../../cli/age.ts';
import { coloursFor } from '../../../cli/terminal/colours.ts';
import { formatBytes } from '../../../cli/terminal/format-bytes.ts';
import { renderGarbage } from '../../../cli/terminal/render-garbage.ts';

const style = { width: 100, colours: coloursFor({}) };

it('counts what goes by its kind, and says what stays', () => {
  const objects = [
    { kind: 'version', key: 'manifests/a', byteLength: 2100 },
    { kind: 'object', key: 'objects/b', byteLength: 1_500_000 },
    { kind: 'object', key: 'objects/c', byteLength: 4 },
  ] as const;
  expect(renderGarbage({ objects, paid: { count: 1, byteLength: 512 }, removed: false }, style)).toBe(
    `  versions                                 1  2.1 kB
  files (tables, media, prompts, answers)  2  1.5 MB

Would remove 3 objects, 1.5 MB.   Remove with: gettok gc
Kept: 1 object (512 B) of answers that were paid for and are in no version. With --journal they go too.`,
  );
  expect(renderGarbage({ objects: [], paid: { count: 0, byteLength: 0 }, removed: true }, style)).toBe(
    'Nothing to remove: every object is in a version, in use, or too young.',
  );
});

it('writes sizes with three digits', () => {
  expect([0, 999, 1000, 123_456, 999_600, 2.5e12].map(formatBytes)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '123 kB',
    '1.0 MB',
    '2.5 TB',
  ]);
});

it('takes ages in hours and days, and none that a run just starting could have', () => {
  expect([parseAge('14d'), parseAge('36h')]).toEqual([14 * 86_400_000, 36 * 3_600_000]);
  for (const wrong of ['0h', '0d', '5m', '14', 'd', '-1d', '1.5d'])
    expect(() => parseAge(wrong)).toThrow('at least 1h');
});
