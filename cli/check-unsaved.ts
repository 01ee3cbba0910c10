import type { Json } from '../manifests/canonical-json.ts';
import { GettokError } from '../manifests/gettok-error.ts';
import { withoutOverrides } from './load-version-declaration.ts';
import type { PlannedMerge } from './plan-merge.ts';
import { printable } from './terminal/render-table.ts';
import { folderDiffers } from './write-declaration.ts';

/** `--write` where it would lose something, or do nothing. */
export class UnsavedChangesError extends GettokError {
  override readonly name = 'UnsavedChangesError';
  override readonly wrongUse = true;
}

/** What was edited in `dataset.yaml` and run on neither branch would be lost without a word. */
export async function checkUnsaved(
  target: Parameters<typeof folderDiffers>[0],
  {
    target: to,
    branch,
    declaration,
  }: Pick<PlannedMerge, 'declaration'> & {
    readonly [side in 'target' | 'branch']: { readonly manifest: { readonly state: { readonly declaration: Json } } };
  },
  isDetached: boolean,
): Promise<void> {
  if (isDetached)
    throw new UnsavedChangesError('--write waits for the run, and --detach does not. Leave one of them out.');
  const known = [declaration, to.manifest.state.declaration, branch.manifest.state.declaration];
  const differences = await Promise.all(known.map((each) => folderDiffers(target, withoutOverrides(each))));
  const least = differences.toSorted((a, b) => a.length - b.length)[0]!;
  if (least.length > 0)
    throw new UnsavedChangesError(
      `dataset.yaml has changes that neither branch has run: ${printable(least.join(', '))}. ` +
        'Run them, or take them back, or leave out --write.',
    );
}
