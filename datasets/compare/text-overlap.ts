/** A run of letters, marks and digits. */
const RUN = /[\p{L}\p{M}\p{N}]+/gu;
const UNSPACED =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}';
/** In scripts that put no space between words, each character stands for one. */
const HAS_UNSPACED = new RegExp(`[${UNSPACED}]`, 'u');
const PARTS = new RegExp(`[${UNSPACED}]\\p{M}*|[^${UNSPACED}]+`, 'gu');

export interface TextOverlap {
  /** Words in both over words in either, each counted once; null when neither text has one. */
  readonly jaccard: number | null;
  /** ROUGE-1 F1; null when neither text has a word. */
  readonly rouge1: number | null;
}

/** Words of a text in lower case, compatibility forms made equal (NFKC): what overlap is counted in. */
export function wordsOf(text: string): readonly string[] {
  const runs = text.normalize('NFKC').toLowerCase().match(RUN) ?? [];
  return HAS_UNSPACED.test(text) ? runs.flatMap((run) => run.match(PARTS) ?? []) : runs;
}

/**
 * How much two texts have in common, whatever the order of their words. Jaccard's index compares the sets of words
 * (P. Jaccard, Étude comparative de la distribution florale, Bulletin de la Société vaudoise des sciences naturelles 37, 1901).
 * ROUGE-1 F1 counts words as often as they occur: `2 m / (a + b)`, m the words matched, a and b the words of each text (C.-Y.
 * Lin, ROUGE: a package for automatic evaluation of summaries, 2004; without stemming or stop words).
 */
export function textOverlap(first: string, second: string): TextOverlap {
  const a = countsOf(wordsOf(first));
  const b = countsOf(wordsOf(second));
  const words = a.total + b.total;
  if (words === 0) return { jaccard: null, rouge1: null };
  let shared = 0;
  let matched = 0;
  for (const [word, count] of a.counts) {
    const other = b.counts.get(word);
    if (other === undefined) continue;
    shared += 1;
    matched += Math.min(count, other);
  }
  return { jaccard: shared / (a.counts.size + b.counts.size - shared), rouge1: (2 * matched) / words };
}

function countsOf(words: readonly string[]): { readonly counts: Map<string, number>; readonly total: number } {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return { counts, total: words.length };
}
