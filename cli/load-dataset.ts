import { resolve } from 'node:path';
import type { StepKind } from '../activities/step-kind.ts';
import type { Declaration } from '../datasets/declaration/declaration.ts';

/** The declaration in a folder, checked against the installed step kinds. */
export async function loadDataset(
  folder: string,
  set: readonly string[] = [],
): Promise<{ readonly declaration: Declaration; readonly kinds: ReadonlyMap<string, StepKind> }> {
  const [{ loadDeclaration }, { stepKinds }] = await Promise.all([
    import('../datasets/declaration/load-declaration.ts'),
    import('../activities/kinds/index.ts'),
  ]);
  return { declaration: await loadDeclaration(resolve(folder), { kinds: stepKinds, set }), kinds: stepKinds };
}
