import type { Model } from '../step-kind.ts';
import { checkShape } from './check-shape.ts';
import { STEP_NAME, STEP_NAME_TEXT } from './declaration-shape.ts';
import { type JsonObject, withSortedKeys } from './json-object.ts';
import { maskCredentials, modelShape } from './model-shape.ts';
import type { WrittenDeclaration } from './written-declaration.ts';

/** The entries of `models` by name; null for one in which something is wrong. */
export function declaredModels(written: WrittenDeclaration, entries: JsonObject): Map<string, Model | null> {
  const models = new Map<string, Model | null>();
  for (const [name, entry] of Object.entries(entries)) {
    const path = ['models', name];
    if (!STEP_NAME.test(name))
      written.report(
        path,
        { message: `no model can be called "${name}"`, found: name, expected: STEP_NAME_TEXT },
        'key',
      );
    maskCredentials(written, entry, path);
    const model = checkShape(written, modelShape, withSortedKeys(entry), path);
    models.set(name, model === null ? null : { name, ...model });
  }
  return models;
}
