import words from './stance-words.json' with { type: 'json' };

/** Phrases of the lexicon that a text has, each once however often it is said. */
export interface StanceCount {
  readonly for: readonly string[];
  readonly against: readonly string[];
}

type Side = keyof StanceCount;

interface Phrase {
  readonly text: string;
  readonly side: Side;
  readonly words: readonly string[];
}

const phrasesOf = (side: Side): Phrase[] => words[side].map((text) => ({ text, side, words: text.split(' ') }));
/** By their first word; where several begin there, the longest counts. */
const PHRASES = Map.groupBy(
  [...phrasesOf('for'), ...phrasesOf('against')].toSorted((a, b) => b.words.length - a.words.length),
  (phrase) => phrase.words[0]!.slice(0, 3),
);
const NEGATIONS: ReadonlySet<string> = new Set(words.negations);
/** How far back a negation is looked for. */
const NEGATION_REACH = 3;

/** Counts what takes a side in a text. A negation up to three words before a phrase turns it round. */
export function stanceCount(text: string): StanceCount {
  const found: Record<Side, Set<string>> = { for: new Set(), against: new Set() };
  // Not at line ends: text on the screen is broken anywhere.
  for (const sentence of text.split(/[.!?¡¿;:…“”"]+/)) {
    const said = wordsOf(sentence);
    let free = 0;
    for (let at = 0; at < said.length; at += 1) {
      if (at < free) continue;
      const phrase = PHRASES.get(said[at]!.slice(0, 3))?.find((each) => beginsAt(each, said, at));
      if (!phrase) continue;
      const negation = said.slice(Math.max(free, at - NEGATION_REACH), at).findLast((word) => NEGATIONS.has(word));
      free = at + phrase.words.length;
      if (negation === undefined) found[phrase.side].add(phrase.text);
      else found[phrase.side === 'for' ? 'against' : 'for'].add(`${negation} … ${phrase.text}`);
    }
  }
  return { for: [...found.for], against: [...found.against] };
}

const beginsAt = (phrase: Phrase, said: readonly string[], at: number): boolean =>
  phrase.words.every((word, index) => {
    const next = said[at + index];
    return next !== undefined && (word.endsWith('*') ? next.startsWith(word.slice(0, -1)) : next === word);
  });

/** Words without accents and case. */
const wordsOf = (text: string): string[] =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
