import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareIds } from '../../datasets/compare-ids.ts';

it('orders ids as their UTF-8 bytes are ordered', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', 'ñ', '\u0000', '\ud7ff', '\ue000', '！', '😀', '\u{10ffff}'),
    maxLength: 5,
  });
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareIds(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
  expect(['！', '😀', '7', '10'].toSorted(compareIds)).toEqual(['10', '7', '！', '😀']);
});
