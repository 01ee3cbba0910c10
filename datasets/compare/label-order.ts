import type { LabelPattern } from './label-pattern.ts';

/** Labels as tables show them: the declared ones in their order, also those that nobody gave, then others by code point. */
export function labelOrder(declared: readonly string[], patterns: readonly LabelPattern[]): string[] {
  const found = patterns.flatMap(({ labels }) => labels.filter((label) => label !== null));
  const known = new Set(declared);
  return [...known, ...[...new Set(found)].filter((label) => !known.has(label)).toSorted()];
}
