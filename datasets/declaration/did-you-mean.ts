import leven from 'leven';

/**
 * The candidate that a misspelt word most likely means, if any is near: a third of its letters wrong, its letters
 * swapped, or one the beginning of the other.
 */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  let best: { candidate: string; distance: number } | null = null;
  for (const candidate of candidates) {
    const distance = distanceOf(word.toLowerCase(), candidate.toLowerCase());
    const allowed = Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3));
    if (distance <= allowed && (best === null || distance < best.distance)) best = { candidate, distance };
  }
  return best?.candidate ?? null;
}

export function didYouMean(word: string, candidates: Iterable<string>): string | null {
  const candidate = nearest(word, candidates);
  return candidate === null ? null : `Did you mean ${candidate}?`;
}

function distanceOf(a: string, b: string): number {
  const begins = Math.min(a.length, b.length) >= 3 && (a.startsWith(b) || b.startsWith(a));
  return begins || sorted(a) === sorted(b) ? Math.min(1, leven(a, b)) : leven(a, b);
}

const sorted = (word: string) => word.split('').toSorted().join('');
