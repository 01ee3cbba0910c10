import type { Json } from '../../manifests/canonical-json.ts';
import { STEP_NAME, STEP_NAME_TEXT } from './declaration-shape.ts';
import type { DraftStep } from './draft-step.ts';
import type { WrittenDeclaration } from './written-declaration.ts';

/** The name that a step says it had before; null for none, or for one that it can't have had. */
export function formerName(
  written: WrittenDeclaration,
  name: string,
  was: Json | undefined,
  declared: readonly string[],
): string | null {
  if (typeof was !== 'string') return null;
  const wrong =
    was === name
      ? { message: `step ${name} is called so still`, expected: 'the name that it had before, or no was' }
      : declared.includes(was)
        ? { message: `step ${name} was ${was}, and there is a step ${was}`, expected: 'one of the two: a renamed step' }
        : STEP_NAME.test(was)
          ? null
          : { message: `no step can have been called "${was}"`, expected: STEP_NAME_TEXT };
  if (wrong === null) return was;
  written.report(['steps', name, 'was'], { ...wrong, found: was });
  return null;
}

export function reportSharedNames(written: WrittenDeclaration, steps: readonly DraftStep[]): void {
  for (const [index, { name, path, was }] of steps.entries()) {
    const first = was === undefined ? undefined : steps.slice(0, index).find((other) => other.was === was);
    if (first === undefined) continue;
    const message = `steps ${first.name} and ${name} both were ${was}`;
    written.report([...path, 'was'], { message, found: was!, expected: 'one step that keeps its cells' });
  }
}
