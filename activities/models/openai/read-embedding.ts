import type { Json } from '../../../manifests/canonical-json.ts';
import type { JsonObject } from '../../../datasets/declaration/json-object.ts';
import { failed, type NotMade } from '../../step-kind.ts';
import { firstIn } from '../answer-usage.ts';
import type { Passage } from '../model-engine.ts';
import { vectorLengthOf } from './model-traits.ts';

/** The vector as float32 numbers, of the one length that it can have where one is declared or known. */
export function readEmbedding(
  body: JsonObject,
  { model, dimensions }: Pick<Passage, 'model' | 'dimensions'>,
): readonly number[] | NotMade {
  const answered = firstIn(body, 'data')?.['embedding'];
  if (!Array.isArray(answered) || answered.length === 0) return failed('unparseable', 'The answer has no vector.');
  const vector: number[] = [];
  for (const [index, value] of answered.entries()) {
    const number = float32(value);
    if (number === null)
      return failed(
        'unparseable',
        `Place ${index} of the vector holds ${JSON.stringify(value).slice(0, 80)}, no number of float32.`,
      );
    vector.push(number);
  }
  const expected = dimensions ?? vectorLengthOf(model);
  if (expected === null || vector.length === expected) return vector;
  return failed(
    'wrong_dimensions',
    `The vector has ${vector.length} numbers; ${dimensions === undefined ? `those of ${model.model}` : 'the declared dimensions'} are ${expected}.`,
  );
}

/** Null for what is no number, or beyond what float32 holds. */
function float32(value: Json): number | null {
  const number = typeof value === 'number' ? Math.fround(value) : NaN;
  return Number.isFinite(number) ? number : null;
}
