import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { StepKind } from '../activities/step-kind.ts';
import type { Declaration } from '../datasets/declaration/declaration.ts';
import { loadConfiguration } from './configuration.ts';
import { STATE_FOLDER } from './project-folder.ts';

/** A declaration, and the step kinds it was checked against. */
export interface LoadedDataset {
  readonly declaration: Declaration;
  readonly kinds: ReadonlyMap<string, StepKind>;
}

/** Variables with secrets that a dataset names: keys of its models and of their headers, proxies of its downloads. */
export const keyVariables = ({ declaration }: LoadedDataset): string[] => [
  ...Object.values(declaration.models).flatMap(({ api_key_env: key, headers_env: headers = {} }) => [
    ...(key === undefined ? [] : [key]),
    ...Object.values(headers),
  ]),
  ...declaration.steps.flatMap(({ tuning: { proxy_env: name } }) => (typeof name === 'string' ? [name] : [])),
];

/** The declaration in a folder, checked against the installed step kinds. */
export async function loadDataset(folder: string, set: readonly string[] = []): Promise<LoadedDataset> {
  const [{ loadDeclaration }, { stepKinds: kinds }] = await Promise.all([
    import('../datasets/declaration/load-declaration.ts'),
    import('../activities/kinds/index.ts'),
  ]);
  const { project } = await loadConfiguration();
  const state = join(project.value, STATE_FOLDER);
  // Looking at a declaration makes no project: what was found out is kept only where there is one already.
  const cacheFolder = existsSync(state) ? join(state, 'cache') : undefined;
  return { declaration: await loadDeclaration(folder, { kinds, set, cacheFolder }), kinds };
}
