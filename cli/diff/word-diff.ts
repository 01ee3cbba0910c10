import { diffArrays } from 'diff';

export interface WordChange {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });
/** Texts with more changes than that have little in common, and finding out how little takes quadratic time. */
const MOST_CHANGES = 1500;

/** How one text became another, word by word in any script; null when they have next to nothing in common. */
export function wordDiff(old: string, now: string): WordChange[] | null {
  const words = (text: string) => [...segmenter.segment(text)].map(({ segment }) => segment);
  const parts = diffArrays(words(old), words(now), { maxEditLength: MOST_CHANGES });
  if (!parts) return null;
  const changes = joined(
    parts.map(({ value, added, removed }) => ({
      kind: added ? 'added' : removed ? 'removed' : 'same',
      text: value.join(''),
    })),
  );
  // Spaces and points in common alone make no sentence readable.
  return changes.some(({ kind, text }) => kind === 'same' && /[\p{L}\p{N}]/u.test(text)) ? changes : null;
}

/** Changed words with nothing but a space between them are one change: `San Martín` → `Dos de Mayo`. */
function joined(parts: readonly WordChange[]): WordChange[] {
  const changes: WordChange[] = [];
  let removed = '';
  let added = '';
  const end = (following: string): string => {
    // A space at the end of both belongs to what stays.
    const space = removed !== '' && added !== '' ? (/\s*$/.exec(added)?.[0] ?? '') : '';
    const shared = space !== '' && removed.endsWith(space) ? space : '';
    const text = (of: string) => of.slice(0, of.length - shared.length);
    if (text(removed) !== '') changes.push({ kind: 'removed', text: text(removed) });
    if (text(added) !== '') changes.push({ kind: 'added', text: text(added) });
    removed = added = '';
    return shared + following;
  };
  for (const [index, { kind, text }] of parts.entries()) {
    const isGap = kind === 'same' && removed + added !== '' && index < parts.length - 1 && /^\s+$/.test(text);
    if (kind === 'removed' || isGap) removed += text;
    if (kind === 'added' || isGap) added += text;
    if (kind !== 'same' || isGap) continue;
    const same = end(text);
    changes.push({ kind, text: same });
  }
  const rest = end('');
  return rest === '' ? changes : [...changes, { kind: 'same', text: rest }];
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Shortens what stayed the same to some characters beside each change. */
export function aroundChanges(changes: readonly WordChange[], context: number): WordChange[] {
  const cut = (text: string, isFirst: boolean, isLast: boolean) => {
    const marks = [...graphemes.segment(text)].map(({ segment }) => segment);
    const kept = (isFirst ? 0 : context) + (isLast ? 0 : context);
    if (marks.length <= kept + 1) return text;
    const head = isFirst ? '' : marks.slice(0, context).join('');
    const tail = isLast ? '' : marks.slice(marks.length - context).join('');
    return `${head}…${tail}`;
  };
  return changes.map((change, index) =>
    change.kind === 'same' ? { ...change, text: cut(change.text, index === 0, index === changes.length - 1) } : change,
  );
}

/** Texts that are read as sentences, whose differences are shown word by word. */
export const isProse = (value: unknown): value is string => typeof value === 'string' && /\S\s+\S+\s+\S/.test(value);
