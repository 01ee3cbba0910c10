const NANO = 1_000_000_000n;

/** US dollars as a person writes them (`2`, `0.50`, `$2.50`) in billionths; null when they are no such amount. */
export function parseDollars(text: string): bigint | null {
  const [, whole, fraction = ''] = /^\$?(\d{1,9})(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  return whole === undefined ? null : BigInt(whole) * NANO + BigInt(fraction.padEnd(9, '0'));
}

/** The exact amount without a sign, as short as it can be: `2.5`. */
export function dollarsText(nanoUsd: bigint): string {
  const fraction = (nanoUsd % NANO).toString().padStart(9, '0').replace(/0+$/, '');
  return `${nanoUsd / NANO}${fraction && `.${fraction}`}`;
}

/** An amount to read: `$4.98`; below a dollar with two digits that count: `$0.0021`. */
export function readableDollars(nanoUsd: bigint): string {
  const digits = nanoUsd.toString().length;
  // The unit that the last digit shown stands for.
  const unit = nanoUsd >= NANO || nanoUsd === 0n ? 10_000_000n : 10n ** BigInt(Math.max(0, digits - 2));
  const rounded = ((nanoUsd + unit / 2n) / unit) * unit;
  const [whole, fraction = ''] = dollarsText(rounded).split('.');
  return `$${BigInt(whole!).toLocaleString('en-US')}.${fraction.padEnd(2, '0')}`;
}
