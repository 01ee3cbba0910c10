import { isList, isStruct } from '../../../datasets/is-list.ts';
import type { RawValue } from './raw-value.ts';

/**
 * The value at a path such as `stats.playCount`; null where there is none. After `[]` the path goes on in every item of a
 * list, and what is found there comes as one list: `challenges[].title`.
 */
export const valueAt = (value: RawValue, path: string): RawValue => valueAfter(value, stepsOf(path), 0);

interface Step {
  readonly name: string;
  readonly each: boolean;
}

/** Maps look at the same few dozen paths in every record. */
const known = new Map<string, readonly Step[]>();

function stepsOf(path: string): readonly Step[] {
  const steps =
    known.get(path) ?? path.split('.').map((step) => ({ name: step.replace(/\[\]$/, ''), each: step.endsWith('[]') }));
  known.set(path, steps);
  return steps;
}

function valueAfter(value: RawValue, steps: readonly Step[], at: number): RawValue {
  const step = steps[at];
  if (step === undefined) return value;
  const found = isStruct(value) && Object.hasOwn(value, step.name) ? value[step.name]! : null;
  if (!step.each || found === null) return found === null ? null : valueAfter(found, steps, at + 1);
  if (!isList(found)) return null;
  if (at + 1 === steps.length) return found;
  return found.flatMap((item) => {
    const inner = valueAfter(item, steps, at + 1);
    return isList(inner) ? inner : inner === null ? [] : [inner];
  });
}

/** The field of the record in which a path begins. */
export const fieldOf = (path: string): string => /^[^.[]*/.exec(path)![0];
