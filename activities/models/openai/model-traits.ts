import type { Model } from '../../../datasets/step-kind.ts';

/** What is known of a chat model of OpenAI's. */
export interface ModelTraits {
  /** `choosable`: only with a `reasoning_effort` other than none. */
  readonly reasoning: 'always' | 'choosable' | 'never';
  /** Takes a JSON Schema for its answer. */
  readonly schema: boolean;
  readonly images: boolean;
}

const DATE = String.raw`(-\d{4}-\d{2}-\d{2})?`;
const family = (names: string, traits: ModelTraits) => ({ names: new RegExp(`^(${names})$`), traits });
const plain = (schema: boolean, images: boolean): ModelTraits => ({ reasoning: 'never', schema, images });
const reasoning = (images: boolean): ModelTraits => ({ reasoning: 'always', schema: true, images });

/**
 * From OpenAI's pages on models, reasoning and structured outputs, and from errors that people met; the first that matches
 * counts. What is in none of these is not known, and then nothing is refused before the provider does.
 */
const FAMILIES = [
  family(`gpt-3\\.5-turbo(-\\d{4})?|gpt-4(-\\d{4})?`, plain(false, false)),
  family(`gpt-4-turbo${DATE}`, plain(false, true)),
  family('gpt-4o-2024-05-13|chatgpt-4o-latest', plain(false, true)),
  family(`gpt-4o(-mini)?${DATE}|gpt-4\\.1(-mini|-nano)?${DATE}|gpt-5-chat-latest`, plain(true, true)),
  family(`o3-mini${DATE}`, reasoning(false)),
  family(`o1${DATE}|o3${DATE}|o4-mini${DATE}|gpt-5(-mini|-nano)?${DATE}`, reasoning(true)),
  family(`gpt-5\\.\\d+(-mini|-nano)?${DATE}`, { reasoning: 'choosable', schema: true, images: true }),
];

const VECTOR_LENGTHS: Readonly<Record<string, number>> = {
  'text-embedding-ada-002': 1536,
  'text-embedding-3-small': 1536,
  'text-embedding-3-large': 3072,
};

/** Names mean what they mean at OpenAI only there; another server may call anything gpt-4o. */
const isOpenAI = ({ provider, base_url: baseUrl }: Model) => provider === 'openai' && baseUrl === undefined;

/** Null for what is not known. A model tuned from another takes what that one takes. */
export function traitsOf(model: Model): ModelTraits | null {
  if (!isOpenAI(model)) return null;
  const name = /^ft:([^:]+):/.exec(model.model)?.[1] ?? model.model;
  return FAMILIES.find(({ names }) => names.test(name))?.traits ?? null;
}

/** The length of a model's vectors, which is also the most that can be asked for; null for what is not known. */
export function vectorLengthOf(model: Model): number | null {
  return isOpenAI(model) && Object.hasOwn(VECTOR_LENGTHS, model.model) ? VECTOR_LENGTHS[model.model]! : null;
}

/** Whether shorter vectors can be asked for. */
export const canShorten = ({ model }: Model): boolean => model !== 'text-embedding-ada-002';
