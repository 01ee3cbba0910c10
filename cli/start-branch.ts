import { randomBytes } from 'node:crypto';
import type { Digest } from '../manifests/digest.ts';
import { GettokError } from '../manifests/gettok-error.ts';
import type { ObjectStore } from '../manifests/object-store.ts';
import { moveBranch, readBranch, type Ref } from '../manifests/refs.ts';
import { commandLine } from './command-name.ts';
import { resolveVersion } from './resolve-version.ts';
import { shortDigest } from './terminal/format-number.ts';
import { userName } from './user-name.ts';

/** A branch that is to be started and is there already. */
export class BranchExistsError extends GettokError {
  override readonly name = 'BranchExistsError';
  constructor(dataset: string, branch: string, { manifest }: Ref) {
    super(
      `${dataset} has a branch ${branch} already, at ${shortDigest(manifest)}. ` +
        `Run on it: ${commandLine('run', '--branch', branch)}   Look at it: ${commandLine('log', '--at', branch)}   ` +
        `Start it elsewhere: ${commandLine('branch', branch, '--delete')}   Or choose another name.`,
    );
  }
}

/** The version that a run of a branch begins with. */
export interface BranchStart {
  readonly version: Digest;
  /** Where a branch starts that isn't there yet, as a person named it; null for one that is. */
  readonly from: string | null;
}

/** A branch that isn't there starts at `from`, by itself at `main`. Null where there is no version yet. */
export async function branchStart(
  store: ObjectStore,
  dataset: string,
  { branch, from }: { readonly branch: string; readonly from?: string | undefined },
): Promise<BranchStart | null> {
  const own = await readBranch(store, dataset, branch);
  if (own) return { version: own.manifest, from: null };
  if (from !== undefined) return { version: (await resolveVersion(store, dataset, from)).version, from };
  const main = await readBranch(store, dataset, 'main');
  return main && { version: main.manifest, from: 'main' };
}

/** What a branch or tag says when a person, not a run, gives a version its name. */
export const namedBy = (what: 'branch' | 'tag', version: Digest): Ref => ({
  manifest: version,
  run: `${what}-${randomBytes(6).toString('hex')}`,
  updatedAt: new Date().toISOString(),
  by: userName(),
});

/** Starts a branch where there is none. */
export async function startBranch(store: ObjectStore, dataset: string, branch: string, at: Digest): Promise<void> {
  const there = await readBranch(store, dataset, branch);
  if (there) throw new BranchExistsError(dataset, branch, there);
  await moveBranch(store, dataset, branch, null, namedBy('branch', at));
}
