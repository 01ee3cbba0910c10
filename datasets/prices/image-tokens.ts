/** How much of an image a model looks at, as OpenAI's `detail` has it. */
export type Detail = 'low' | 'high' | 'auto';

/** Tokens of images, between two bounds. */
export interface TokenRange {
  readonly low: number;
  readonly high: number;
}

/** In pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

type Rule =
  /** `base`, and `tile` for every 512 px square once the image fits 2048 x 2048 px and its short side 768 px. */
  | { readonly base: number; readonly tile: number }
  /** One token for every 32 px square, at most 1,536 of them, times a factor; `detail` has no effect. */
  | { readonly factor: TokenRange };

const patches = (measured: number, documented = measured): Rule => ({ factor: { low: measured, high: documented } });
const MOST_PATCHES = 1536;

// OpenAI's guide "Images and vision", section "Calculating costs": the page itself was not to be had, so by copies in public
// repositories, which agree (read 2026-11-25). For gpt-5-mini and gpt-5-nano it says 1.62 and 2.46, and what is billed was
// measured as 1.2 and 1.5 (community.openai.com topics 1344040 and 1377015): between those. The first that matches counts.
const RULES: readonly (readonly [RegExp, Rule])[] = [
  [/^gpt-4o-mini/, { base: 2833, tile: 5667 }],
  [/^gpt-4\.1-mini/, patches(1.62)],
  [/^gpt-4\.1-nano/, patches(2.46)],
  [/^(gpt-4o|gpt-4\.1|gpt-4-turbo)/, { base: 85, tile: 170 }],
  [/^o4-mini/, patches(1.72)],
  [/^o[13]/, { base: 75, tile: 150 }],
  [/^gpt-5-mini/, patches(1.2, 1.62)],
  [/^gpt-5-nano/, patches(1.5, 2.46)],
  // Later members of the family (gpt-5.1, gpt-5.2 …) count differently, and OpenAI doesn't say how.
  [/^gpt-5(-chat-latest|-\d{4}-\d\d-\d\d)?$/, { base: 70, tile: 140 }],
];

/** For a model whose rule isn't known: from the smallest to the largest of those that are known for models of its kind. */
const UNKNOWN: readonly Rule[] = [{ base: 70, tile: 140 }, patches(2.46)];

const ruleOf = (model: string): Rule | null => RULES.find(([pattern]) => pattern.test(model))?.[1] ?? null;

/** True for a model of which OpenAI says how it counts an image. */
export const hasImageRule = (model: string): boolean => ruleOf(model) !== null;

/** Bounds for one image that is at most `width` pixels wide and of any height. */
export function imageTokens(model: string, detail: Detail, width: number): TokenRange {
  return boundsOf(model, (rule) => {
    // From a single square on, since the width is what an image has at most, to the most that is ever looked at.
    if ('factor' in rule) return { low: Math.ceil(rule.factor.low), high: Math.ceil(MOST_PATCHES * rule.factor.high) };
    // The long side is at most 2048 px, which is four tiles; the short one 768 px, which is two.
    const most = 4 * Math.min(2, Math.ceil(Math.min(width, 768) / 512));
    return tiled(rule, detail, { low: 1, high: most });
  });
}

/** Bounds for one image of this size; equal where the model's rule is known and doesn't leave a choice to the model. */
export function imageTokensOfSize(model: string, detail: Detail, size: ImageSize): TokenRange {
  return boundsOf(model, (rule) => {
    if ('factor' in rule) {
      const count = patchesOf(size);
      return { low: Math.ceil(count * rule.factor.low), high: Math.ceil(count * rule.factor.high) };
    }
    const tiles = tilesOf(size);
    return tiled(rule, detail, { low: tiles, high: tiles });
  });
}

function boundsOf(model: string, rangeOf: (rule: Rule) => TokenRange): TokenRange {
  const known = ruleOf(model);
  const ranges = (known ? [known] : UNKNOWN).map(rangeOf);
  return { low: Math.min(...ranges.map(({ low }) => low)), high: Math.max(...ranges.map(({ high }) => high)) };
}

function tiled({ base, tile }: Extract<Rule, { base: number }>, detail: Detail, tiles: TokenRange): TokenRange {
  return {
    low: detail === 'high' ? base + tile * tiles.low : base,
    high: detail === 'low' ? base : base + tile * tiles.high,
  };
}

/** Images are made smaller, never larger. */
function tilesOf({ width, height }: ImageSize): number {
  const fit = Math.min(1, 2048 / Math.max(width, height));
  const scale = fit * Math.min(1, 768 / (Math.min(width, height) * fit));
  return Math.ceil((width * scale) / 512) * Math.ceil((height * scale) / 512);
}

/** An image with more squares is made smaller until it has no more than 1,536, to a whole number of squares a side. */
function patchesOf({ width, height }: ImageSize): number {
  const count = (scale: number) => Math.ceil((width * scale) / 32) * Math.ceil((height * scale) / 32);
  if (count(1) <= MOST_PATCHES) return count(1);
  const shrink = Math.sqrt((32 * 32 * MOST_PATCHES) / (width * height));
  const [across, down] = [(width * shrink) / 32, (height * shrink) / 32];
  const whole = shrink * Math.min(Math.floor(across) / across, Math.floor(down) / down);
  const side = (length: number) => Math.ceil(Math.floor(length * whole) / 32);
  return Math.min(MOST_PATCHES, side(width) * side(height));
}
