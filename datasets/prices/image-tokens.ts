/** How much of an image a model looks at, as OpenAI's `detail` has it. */
export type Detail = 'low' | 'high' | 'auto';

/** Tokens of images, between two bounds. */
export interface TokenRange {
  readonly low: number;
  readonly high: number;
}

type Rule =
  /** `base`, and `tile` for every 512 px square once the image fits 2048 x 2048 px and its short side 768 px. */
  | { readonly base: number; readonly tile: number }
  /** One token for every 32 px square, at most 1,536 of them, times a factor. */
  | { readonly patch: number };

// OpenAI's guide "Images and vision"; of gpt-4o-mini and the patch models as measured in OpenAI's developer forum, topic
// 1262691. The first that matches counts.
const RULES: readonly (readonly [RegExp, Rule])[] = [
  [/^gpt-4o-mini/, { base: 2833, tile: 5667 }],
  [/^gpt-4\.1-mini/, { patch: 1.62 }],
  [/^gpt-4\.1-nano/, { patch: 2.46 }],
  [/^(gpt-4o|gpt-4\.1|gpt-4-turbo)/, { base: 85, tile: 170 }],
  [/^o[13]/, { base: 75, tile: 150 }],
];

/** For a model whose rule isn't known: from the smallest to the largest of those that are known for models of its kind. */
const UNKNOWN: readonly Rule[] = [{ base: 70, tile: 140 }, { patch: 2.46 }];

/** True for a model of which OpenAI says how it counts an image. */
export const hasImageRule = (model: string): boolean => RULES.some(([pattern]) => pattern.test(model));

/** Bounds for one image of `width` pixels whose height isn't known; they are equal where the size doesn't count. */
export function imageTokens(model: string, detail: Detail, width: number): TokenRange {
  const known = RULES.find(([pattern]) => pattern.test(model))?.[1];
  const ranges = (known ? [known] : UNKNOWN).map((rule) => rangeOf(rule, detail, width));
  return { low: Math.min(...ranges.map(({ low }) => low)), high: Math.max(...ranges.map(({ high }) => high)) };
}

function rangeOf(rule: Rule, detail: Detail, width: number): TokenRange {
  if ('patch' in rule) {
    // From a strip of one patch's height to the most that is ever looked at.
    return { low: Math.ceil(Math.min(1536, Math.ceil(width / 32)) * rule.patch), high: Math.ceil(1536 * rule.patch) };
  }
  const tiles = (count: number) => rule.base + rule.tile * count;
  const low = detail === 'high' ? tiles(1) : rule.base;
  // The long side is at most 2048 px, which is four tiles; the short one 768 px, which is two.
  return { low, high: detail === 'low' ? rule.base : tiles(4 * Math.min(2, Math.ceil(Math.min(width, 768) / 512))) };
}
