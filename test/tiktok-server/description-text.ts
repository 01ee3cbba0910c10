import { peruHashtags, peruKeywords } from './peru-query.ts';
import type { SeededRandom } from '../strict-server/seeded-random.ts';

/** Not only ASCII, so that whatever reads the replies meets accents, emoji and other scripts every day. */
const words = (
  'marcha plaza niño corazón Perú congreso música baile calle Lima Cusco Puno gente paro noticias hoy ' +
  '🇵🇪 📣 «viva» Qué año 東京 señal golpe de estado'
).split(' ');
const plainHashtags = ['fyp', 'parati', 'Peru', 'viral', 'lima', 'fypシ', 'añonuevo2023🎉'] as const;
/** Those of the query that hold none of its keywords, which are found in hashtags too. */
const onlyHashtags = peruHashtags.filter((tag) => !/castillo|boluarte/i.test(tag));

/** Why a video matches the query, or that it is about something else. */
export type Topic = 'keyword' | 'hashtag' | 'both' | 'none';

export interface Described {
  readonly description: string;
  /** As written, in the order of their first appearance. */
  readonly hashtags: readonly string[];
}

export function describe(topic: Topic, random: SeededRandom): Described {
  const text = Array.from({ length: random.below(9) }, () => random.oneOf(words));
  if (topic === 'keyword' || topic === 'both')
    text.splice(random.below(text.length + 1), 0, random.oneOf(peruKeywords));
  const tags = Array.from({ length: random.below(4) }, () => random.oneOf(plainHashtags) as string);
  if (topic === 'hashtag') tags.push(random.oneOf(onlyHashtags));
  if (topic === 'both') tags.push(random.oneOf(peruHashtags));
  const hashtags = [...new Set(tags)];
  return { description: [...text, ...hashtags.map((tag) => `#${tag}`)].join(' '), hashtags };
}
