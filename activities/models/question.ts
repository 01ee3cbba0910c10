import { type Digest, isDigest } from '../../manifests/digest.ts';
import { type CellValue, typeName } from '../../datasets/column-type.ts';
import { placeholdersOf } from '../../datasets/declaration/prompt-template.ts';
import type { Detail } from '../../datasets/prices/image-tokens.ts';
import {
  type Model,
  type NeededColumns,
  type Prompt,
  type Read,
  type Reads,
  UnreadableInputError,
} from '../../datasets/step-kind.ts';

/** What a step asks a model about one row. */
export interface Question {
  readonly model: Model;
  readonly prompt: Prompt;
  /** Values of the prompt's placeholders, by `step.column`. */
  readonly texts: { readonly [placeholder: string]: CellValue };
  /** All images of the needed steps, in the order they have there. */
  readonly images: readonly Digest[];
  readonly detail: Detail;
  readonly maxOutputTokens: number;
  /** Which time the same is asked, from 1. */
  readonly repeat: number;
}

/** The parameters that every step which asks a question has. */
export interface QuestionParams {
  readonly model: Model;
  readonly prompt: Prompt;
  readonly detail: Detail;
  readonly max_output_tokens: number;
}

/** A prompt's placeholders and every column of images among the needed steps, by `step.column`; none is required. */
export function questionReads({ prompt }: Pick<QuestionParams, 'prompt'>, needs: NeededColumns): Reads {
  const reads: Record<string, Read> = { ...placeholderReads({ prompt }, needs) };
  for (const [step, columns] of Object.entries(needs))
    for (const [column, type] of Object.entries(columns))
      if (type.media === 'image') reads[`${step}.${column}`] = { step, column, type, required: false };
  if (Object.keys(reads).length === 0)
    throw new UnreadableInputError(
      'prompt',
      'no {{step.column}}, and no needed step makes images',
      'something to ask about',
    );
  return reads;
}

/** A prompt's placeholders by `step.column`; none is required. */
export function placeholderReads({ prompt }: Pick<QuestionParams, 'prompt'>, needs: NeededColumns): Reads {
  const reads: Record<string, Read> = {};
  for (const { step, column } of placeholdersOf(prompt.text)) {
    const type = needs[step]?.[column];
    const found = `{{${step}.${column}}}`;
    if (!type) throw new UnreadableInputError('prompt', found, `a column of a needed step: ${listOf(needs)}`);
    if (type.media)
      throw new UnreadableInputError('prompt', `${found}, ${typeName(type)}`, 'a column that a text can hold');
    reads[`${step}.${column}`] = { step, column, type, required: false };
  }
  return reads;
}

/** The columns of images among what a question reads. */
export const imageReads = (reads: Reads): string[] =>
  Object.entries(reads).flatMap(([role, { type }]) => (type.media === 'image' ? [role] : []));

function listOf(needs: NeededColumns): string {
  const names = Object.entries(needs).flatMap(([step, columns]) =>
    Object.entries(columns).flatMap(([column, { media }]) => (media ? [] : [`${step}.${column}`])),
  );
  return names.join(', ') || 'none of them makes text';
}

/** The question about one row; null when there is nothing to ask about. An empty text is something: nothing was said. */
export function questionAbout(inputs: { readonly [role: string]: CellValue }, params: QuestionParams): Question | null {
  const { model, prompt, detail, max_output_tokens: maxOutputTokens } = params;
  const texts = placeholderValues(inputs, prompt);
  const images = Object.keys(inputs)
    .filter((role) => !Object.hasOwn(texts, role))
    .toSorted()
    .flatMap((role) => digestsIn(inputs[role] ?? null));
  if (images.length === 0 && Object.values(texts).every((value) => value === null)) return null;
  return { model, prompt, texts, images, detail, maxOutputTokens, repeat: 1 };
}

/** Values of a prompt's placeholders; null for what is missing. */
export const placeholderValues = (
  inputs: { readonly [role: string]: CellValue },
  { text }: Prompt,
): { readonly [placeholder: string]: CellValue } =>
  Object.fromEntries(
    placeholdersOf(text).map(({ step, column }) => [`${step}.${column}`, inputs[`${step}.${column}`] ?? null]),
  );

const digestsIn = (value: CellValue): readonly Digest[] =>
  (Array.isArray(value) ? value : [value]).filter((item): item is Digest => isDigest(item));
