import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dollarsText, parseDollars, readableDollars } from '../../../datasets/prices/dollars.ts';

it('reads back every amount that it writes', () => {
  fc.assert(fc.property(fc.bigInt(0n, 10n ** 18n - 1n), (amount) => parseDollars(dollarsText(amount)) === amount));
});

it.each([
  [0n, '$0.00'],
  [1n, '$0.000000001'],
  [2_100_000n, '$0.0021'],
  [2_149_999n, '$0.0021'],
  [10_000_000n, '$0.01'],
  [500_000_000n, '$0.50'],
  [999_999_999n, '$1.00'],
  [4_984_999_999n, '$4.98'],
  [5_000_000_000n, '$5.00'],
  [1_234_567_890_000_000n, '$1,234,567.89'],
])('%d billionths are %s to a reader', (amount, text) => {
  expect(readableDollars(amount)).toBe(text);
});
