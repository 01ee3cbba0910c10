import { type Columns, type ColumnType, typeName } from '../column-type.ts';
import type { Prompt } from '../step-kind.ts';
import { didYouMean } from './did-you-mean.ts';
import type { DraftStep } from './draft-step.ts';
import { type Complaint, problemAt } from './problem.ts';
import { malformedPlaceholdersOf, placeholdersOf } from './prompt-template.ts';
import type { SourceText } from './source-text.ts';
import { listed, oneOf } from './value-text.ts';

type Steps = ReadonlyMap<string, DraftStep>;

/** What is wrong with the placeholders of a step's prompt, at their places in the prompt file. */
export function promptProblems(source: SourceText, { text }: Prompt, step: DraftStep, steps: Steps) {
  const malformed = malformedPlaceholdersOf(text).map((braces) => ({
    ...braces,
    length: braces.text.length,
    complaint: { message: `${braces.text} is no placeholder`, found: braces.text, expected: '{{step.column}}' },
  }));
  const wrong = placeholdersOf(text).flatMap((placeholder) => {
    const complaint = unprovided(placeholder, step, steps);
    return complaint === null ? [] : [{ ...placeholder, complaint }];
  });
  return [...malformed, ...singleBraces(text, steps), ...wrong].map(({ offset, length, complaint }) =>
    problemAt(source.placeAt(offset, length), complaint),
  );
}

function unprovided(placeholder: { step: string; column: string }, step: DraftStep, steps: Steps): Complaint | null {
  const written = `{{${placeholder.step}.${placeholder.column}}}`;
  const found = `${placeholder.step}.${placeholder.column}`;
  const expected = `a step that ${step.name} needs: ${listed(step.needs)}`;
  const from = steps.get(placeholder.step) ?? renamedFrom(placeholder.step, steps);
  if (from === undefined) {
    const suggestion = didYouMean(placeholder.step, step.needs) ?? didYouMean(placeholder.step, steps.keys());
    return { message: `${written}: no step ${placeholder.step}`, found, expected, suggestion };
  }
  if (from === step) return { message: `${written}: a prompt can't name what it makes`, found, expected };
  if (!step.needs.includes(from.name)) {
    const suggestion = `Add ${from.name} to needs of step ${step.name}.`;
    return { message: `${written}: step ${step.name} doesn't need ${from.name}`, found, expected, suggestion };
  }
  return from.makes === null ? null : unmade(written, placeholder, from.makes);
}

/** A prompt may go on calling a renamed step by the name that it had. */
const renamedFrom = (name: string, steps: Steps) => [...steps.values()].find(({ was }) => was === name);

function unmade(written: string, { step, column }: { step: string; column: string }, makes: Columns): Complaint | null {
  const found = `${step}.${column}`;
  const texts = Object.keys(makes).filter((name) => !isMedia(makes[name]!));
  const expected = texts.length === 0 ? 'another step: this one makes no text' : oneOf(texts);
  if (!Object.hasOwn(makes, column))
    return {
      message: `${written}: step ${step} makes no column ${column}`,
      found,
      expected,
      suggestion: didYouMean(column, texts),
    };
  if (!isMedia(makes[column]!)) return null;
  return { message: `${written}: ${column} is ${typeName(makes[column]!)}, which a text can't hold`, found, expected };
}

const isMedia = ({ media }: ColumnType) => media !== undefined;

/** `{step.column}` with a declared step: taken for text it would cost a whole run without the value. */
function singleBraces(text: string, steps: Steps) {
  const matches = text.matchAll(/(?<!\{)\{\s*([a-z][a-z0-9_]*)\.([^{}\s]+)\s*\}(?!\})/g);
  return [...matches].flatMap(({ 0: found, 1: step, index: offset }) =>
    steps.has(step!)
      ? [
          {
            offset,
            length: found.length,
            complaint: { message: `${found} has one brace`, found, expected: `{${found}}` },
          },
        ]
      : [],
  );
}
