import { GettokError } from '../manifests/gettok-error.ts';
import { deleteBranch, listRefs } from '../manifests/refs.ts';
import { takeClearingLease } from '../manifests/work-lease.ts';
import { commandLine } from './command-name.ts';
import { datasetName } from './dataset-name.ts';
import { openProject } from './open-project.ts';
import { shortDigest } from './terminal/format-number.ts';

/** A branch that should be deleted and isn't there, or wasn't named. */
export class NoSuchBranchError extends GettokError {
  override readonly name = 'NoSuchBranchError';
  override readonly wrongUse = true;
}

export async function deleteBranchByName(
  name: string | undefined,
  flags: { readonly folder: string; readonly json?: boolean },
): Promise<void> {
  if (name === undefined) throw new NoSuchBranchError('Name the branch to delete: gettok branch <name> --delete');
  const dataset = await datasetName(flags.folder);
  await using project = await openProject(['store']);
  await using _lease = await takeClearingLease(project.store, 'gettok branch --delete');
  const ref = await deleteBranch(project.store, dataset, name);
  if (!ref) {
    const names = [...(await listRefs(project.store, dataset, 'heads')).keys()].join(', ');
    throw new NoSuchBranchError(`${dataset} has no branch "${name}". Branches: ${names || 'none'}.`);
  }
  const text = `Deleted ${name}, which was ${shortDigest(ref.manifest)}.\nUntil gettok gc it comes back with:  ${commandLine('branch', name, '--at', shortDigest(ref.manifest))}`;
  process.stdout.write(`${flags.json ? JSON.stringify({ deleted: name, version: ref.manifest }) : text}\n`);
}
