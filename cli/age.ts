import { InvalidArgumentError } from 'commander';

const UNIT_MS = { h: 3_600_000, d: 86_400_000 } as const;

/** `14d` or `36h` → milliseconds. */
export function parseAge(text: string): number {
  const [, count, unit] = /^(\d{1,5})([hd])$/.exec(text) ?? [];
  const ms = Number(count) * UNIT_MS[unit === 'h' ? 'h' : 'd'];
  // A run that is just starting has nothing yet that tells of it but its age.
  if (!(ms >= UNIT_MS.h)) throw new InvalidArgumentError('Expected an age such as 14d or 36h, at least 1h.');
  return ms;
}
