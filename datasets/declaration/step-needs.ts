import type { Json } from '../../manifests/canonical-json.ts';
import type { StepKindSignature } from '../step-kind.ts';
import { stepShape } from './declaration-shape.ts';
import { didYouMean } from './did-you-mean.ts';
import type { JsonObject } from './json-object.ts';
import { enumerated, oneOf } from './value-text.ts';
import type { WrittenDeclaration } from './written-declaration.ts';

/** The declared steps that a step needs, each once. Reports others, repeated ones, and needs that don't suit its kind. */
export function needsOf(
  written: WrittenDeclaration,
  name: string,
  fields: JsonObject,
  kind: StepKindSignature | null,
  declared: readonly string[],
): string[] {
  const path = ['steps', name, 'needs'];
  const { needs = [] } = fields;
  if (!isList(needs)) return [];
  const others = declared.filter((other) => other !== name);
  const found = new Set<string>();
  for (const [index, need] of needs.entries()) {
    if (typeof need !== 'string') continue;
    const report = (message: string, expected: string, suggestion: string | null = null) =>
      written.report([...path, index], { message, found: need, expected, suggestion });
    if (found.has(need)) report(`needs of step ${name} names ${need} twice`, 'each step once');
    else if (!declared.includes(need)) report(`no step "${need}"`, oneOf(others), didYouMean(need, others));
    else found.add(need);
  }

  if (kind?.source === true && found.size > 0) {
    const message = `step ${name} makes the rows`;
    written.report(path, { message, found: `needs ${enumerated([...found])}`, expected: 'no needs' });
  }
  // Under an unknown key they are most likely misspelt, which has been reported.
  const misspelt = Object.keys(fields).some((key) => !(key in stepShape.shape));
  if (kind?.source === false && needs.length === 0 && !misspelt) {
    const message = `step ${name} needs no step, and ${kind.kind} makes no rows of its own`;
    written.report(path, { message, expected: `needs: [${others[0] ?? 'a step'}] or the like` }, 'key');
  }
  return [...found];
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
