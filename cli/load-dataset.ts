import { resolve } from 'node:path';
import type { StepKind } from '../activities/step-kind.ts';
import type { Declaration } from '../datasets/declaration/declaration.ts';

/** A declaration, and the step kinds it was checked against. */
export interface LoadedDataset {
  readonly declaration: Declaration;
  readonly kinds: ReadonlyMap<string, StepKind>;
}

/** Variables in which the models of a dataset have their keys, where they name any. */
export const keyVariables = ({ declaration }: LoadedDataset): string[] =>
  Object.values(declaration.models).flatMap(({ api_key_env: variable }) => variable ?? []);

/** The declaration in a folder, checked against the installed step kinds. */
export async function loadDataset(folder: string, set: readonly string[] = []): Promise<LoadedDataset> {
  const [{ loadDeclaration }, { stepKinds }] = await Promise.all([
    import('../datasets/declaration/load-declaration.ts'),
    import('../activities/kinds/index.ts'),
  ]);
  return { declaration: await loadDeclaration(resolve(folder), { kinds: stepKinds, set }), kinds: stepKinds };
}
