import { z } from 'zod';
import type { Columns, ColumnType } from './column-type.ts';

/** Where a step's work is done: `files` is the machine that holds the dataset's folder, the others any worker. */
export type Queue = 'main' | 'media' | 'ai' | 'files';

/** One input of a step: a column of a step that it needs. A cell whose required input is null is skipped. */
export interface Read {
  readonly step: string;
  readonly column: string;
  readonly type: ColumnType;
  readonly required: boolean;
}

/** Inputs by role: the name under which a cell receives them and under which they enter its key. */
export type Reads = { readonly [role: string]: Read };

/** The columns of the steps that a step `needs`, in the declared order. */
export type NeededColumns = { readonly [step: string]: Columns };

/** Parameters as declared and completed by their defaults; a prompt is its text, a model its entry. */
export type Params = { readonly [name: string]: unknown };

/**
 * What the declaration, the plan and the documentation know of a step kind; what it does is added in `activities/`.
 * `params` are all in the cell key, `tuning` never. `revision` is raised whenever the same inputs give other results.
 */
export interface StepKindSignature {
  readonly kind: string;
  readonly revision: number;
  /** One sentence for the documentation. */
  readonly summary: string;
  readonly queue: Queue;
  readonly params: z.ZodObject;
  readonly tuning: z.ZodObject;
  /** A source step makes the rows of the dataset; every other makes cells for them. */
  readonly source: boolean;
  /** Throws `UnreadableInputError` when the needed steps don't provide what the step reads. */
  reads(params: Params, needs: NeededColumns): Reads;
  /** Output columns; null where they depend on data not looked at yet (an import without declared columns). */
  makes(params: Params): Columns | null;
  /**
   * For a kind whose `makes` is null: reads the data in `folder` (of `dataset.yaml`) and says which columns they have.
   * What was found is remembered in `cacheFolder`, where one is given.
   */
  inspect?(params: Params, folder: string, cacheFolder?: string): Promise<Columns>;
}

/** Says which parameter is at fault, so that the declaration's error can point at it. */
export class UnreadableInputError extends Error {
  override readonly name = 'UnreadableInputError';
  readonly role: string;
  readonly found: string;
  readonly expected: string;
  constructor(role: string, found: string, expected: string) {
    super(`${role}: ${found}; ${expected}`);
    this.role = role;
    this.found = found;
    this.expected = expected;
  }
}

/** A prompt file's parameter: declared as a path beside `dataset.yaml`, passed on as its text. */
export interface Prompt {
  readonly path: string;
  /** The file's text with line ends normalised to `\n`. */
  readonly text: string;
}

/** A declared model, as a step receives it. */
export interface Model {
  /** The entry's name in the declaration: never part of a key. */
  readonly name: string;
  /** `local` is the speech engine that GET-Tok runs on the worker's machine; it speaks the OpenAI protocol. */
  readonly provider: 'openai' | 'local' | 'baseline';
  readonly model: string;
  readonly base_url?: string | undefined;
  readonly api_key_env?: string | undefined;
  /** Sent beside the key with every request, for servers that want more than it: in no key of a cell or a request. */
  readonly headers?: { readonly [name: string]: string } | undefined;
  /** Headers whose values are secrets, by the variables that hold them. */
  readonly headers_env?: { readonly [name: string]: string } | undefined;
  /** The name under which a server takes the limit of an answer's tokens: part of the request, not of what it makes. */
  readonly token_limit?: 'max_completion_tokens' | 'max_tokens' | undefined;
  readonly requests_per_minute?: number | undefined;
  readonly tokens_per_minute?: number | undefined;
  readonly max_concurrency?: number | undefined;
  /** Sent with every request, such as `temperature`: part of the key. */
  readonly parameters?: { readonly [name: string]: unknown } | undefined;
  /** Digest or name of local weights: part of the key. */
  readonly weights?: string | undefined;
  /** What its use costs, before any table: never part of a key. */
  readonly price?: DeclaredPrice | undefined;
}

/** US dollars for a million tokens, or for a minute of audio; what is left out is not known. */
export interface DeclaredPrice {
  readonly input?: number | undefined;
  readonly cached_input?: number | undefined;
  readonly output?: number | undefined;
  readonly audio_minute?: number | undefined;
}

/** What a parameter's text refers to; found in `schema.meta()`. */
export type Reference = 'prompt' | 'model';

// The two schemas below type what a cell receives; the declaration's loader puts the file and the entry in place.

/** Parameter that names a prompt file. The cell receives a `Prompt`. */
export const promptFile = () =>
  z
    .string()
    .min(1)
    .transform((path): Prompt => ({ path, text: '' }))
    .describe('Path of a prompt file, relative to dataset.yaml')
    .meta({ reference: 'prompt' });

/** Parameter that names an entry of `models`. The cell receives a `Model`. */
export const modelName = () =>
  z
    .string()
    .min(1)
    .transform((name): Model => ({ name, provider: 'openai', model: '' }))
    .describe('Name of an entry of models')
    .meta({ reference: 'model' });

export function referenceOf(schema: z.core.$ZodType): Reference | undefined {
  const reference = z.globalRegistry.get(schema)?.['reference'];
  return reference === 'prompt' || reference === 'model' ? reference : undefined;
}
