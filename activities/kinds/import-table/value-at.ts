import { isList, isStruct } from '../../../datasets/is-list.ts';
import type { RawValue } from './raw-value.ts';

/**
 * The value at a path such as `stats.playCount`; null where there is none. After `[]` the path goes on in every item of a
 * list, and what is found there comes as one list: `challenges[].title`.
 */
export function valueAt(value: RawValue, path: string): RawValue {
  const [step, ...rest] = path.split('.');
  const each = step!.endsWith('[]');
  const name = each ? step!.slice(0, -2) : step!;
  const found = isStruct(value) && Object.hasOwn(value, name) ? value[name]! : null;
  if (!each) return rest.length === 0 ? found : valueAt(found, rest.join('.'));
  if (!isList(found)) return null;
  if (rest.length === 0) return found;
  return found.flatMap((item) => {
    const inner = valueAt(item, rest.join('.'));
    return isList(inner) ? inner : inner === null ? [] : [inner];
  });
}

/** The field of the record in which a path begins. */
export const fieldOf = (path: string): string => /^[^.[]*/.exec(path)![0];
