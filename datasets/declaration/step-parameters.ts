import type { Model, Prompt } from '../step-kind.ts';
import { checkShape, reportUnknownKey } from './check-shape.ts';
import { didYouMean } from './did-you-mean.ts';
import type { DraftStep } from './draft-step.ts';
import { type JsonObject, withSortedKeys } from './json-object.ts';
import { isPrompt, type ParameterReference, referencesIn, withReferences } from './parameter-references.ts';
import { readPrompt } from './prompt-file.ts';
import { listed, nameOf, quoted } from './value-text.ts';
import type { WrittenDeclaration } from './written-declaration.ts';
import type { Path } from './yaml-place.ts';

export interface Surroundings {
  readonly written: WrittenDeclaration;
  readonly folder: string;
  readonly cacheFolder: string | undefined;
  /** Texts that stand in for prompt files, by path. */
  readonly prompts?: ReadonlyMap<string, string> | undefined;
  /** Declared models by name; null for an entry in which something is wrong. */
  readonly models: ReadonlyMap<string, Model | null>;
}

/** Checks what a step has under `with` and completes it: `params`, `tuning` and `prompts` of the draft. */
export async function completeParameters(step: DraftStep, surroundings: Surroundings): Promise<void> {
  const { written } = surroundings;
  const { kind } = step;
  if (step.with === null) return;
  const path = [...step.path, 'with'];
  reportRepeatedTexts(written, step.with, path);
  if (kind === null) return;

  const isParam = (key: string) => Object.hasOwn(kind.params.shape, key);
  const isTuning = (key: string) => !isParam(key) && Object.hasOwn(kind.tuning.shape, key);
  const known = Object.keys({ ...kind.params.shape, ...kind.tuning.shape });
  for (const key of Object.keys(step.with)) if (!known.includes(key)) reportUnknownKey(written, [...path, key], known);

  const pick = (wanted: (key: string) => boolean): JsonObject =>
    Object.fromEntries(Object.entries(step.with ?? {}).filter(([key]) => wanted(key)));
  const given = withSortedKeys(pick(isParam));
  const params = checkShape(written, kind.params, given, path);
  step.tuning = checkShape(written, kind.tuning, pick(isTuning), path);

  const resolved = new Map<string, Prompt | Model | null>();
  for (const reference of referencesIn(kind.params, given)) {
    const at = [...path, ...reference.path];
    const found = written.hasTrouble(at) ? null : await resolve(reference, at, surroundings);
    resolved.set(reference.path.join('\0'), found);
    if (isPrompt(found)) step.prompts = [...step.prompts, { at, prompt: found }];
  }
  if (params === null || resolved.values().some((found) => found === null)) return;
  step.params = withReferences(kind.params, params, (at) => resolved.get(at.join('\0')));
}

async function resolve(
  { reference, text }: ParameterReference,
  at: Path,
  { written, folder, prompts, models }: Surroundings,
): Promise<Prompt | Model | null> {
  if (reference === 'model') {
    const model = models.get(text);
    if (model !== undefined) return model;
    const declared = [...models.keys()];
    const expected =
      declared.length === 0 ? 'an entry of models; there is none' : `a declared model: ${listed(declared)}`;
    written.report(at, {
      message: `unknown model ${quoted(text)}`,
      found: text,
      expected,
      suggestion: didYouMean(text, declared),
    });
    return null;
  }
  const given = prompts?.get(text);
  const prompt = given === undefined ? await readPrompt(text, folder) : { path: text, text: given };
  if ('text' in prompt) return prompt;
  written.report(at, prompt);
  return null;
}

/** A list of texts under `with` (labels, keywords, languages) in which one stands twice. */
function reportRepeatedTexts(written: WrittenDeclaration, parameters: object, path: Path): void {
  for (const [key, value] of Object.entries(parameters)) {
    if (!Array.isArray(value)) continue;
    for (const [index, item] of value.entries())
      if (typeof item === 'string' && value.indexOf(item) < index) {
        const message = `${nameOf([...path, key])} names ${quoted(item)} twice`;
        written.report([...path, key, index], { message, found: item, expected: 'each once' });
      }
  }
}
