import { equalJson } from '../manifests/canonical-json.ts';
import type { Digest } from '../manifests/digest.ts';
import { GettokError } from '../manifests/gettok-error.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { readManifest } from '../manifests/manifest-store.ts';
import type { ObjectStore } from '../manifests/object-store.ts';
import { readBranch } from '../manifests/refs.ts';
import type { JsonObject } from '../datasets/declaration/json-object.ts';
import { mergeDeclarations } from '../datasets/declaration/merge-declarations.ts';
import { commandLine } from './command-name.ts';
import { commonAncestor } from './common-ancestor.ts';
import { withoutOverrides } from './load-version-declaration.ts';
import { shortDigest } from './terminal/format-number.ts';

/** A branch that can't go into another in this way. */
export class BranchError extends GettokError {
  override readonly name = 'BranchError';
}

/** What a promotion or a merge runs, and from which version: the run is refused when the branch has moved from it. */
export interface PlannedMerge {
  readonly branch: { readonly version: Digest; readonly manifest: Manifest };
  readonly target: { readonly version: Digest; readonly manifest: Manifest };
  readonly declaration: JsonObject;
  /** Steps whose configuration nobody has run: one side changed the step, the other its model. */
  readonly untried: readonly string[];
}

export interface MergeRequest {
  readonly dataset: string;
  readonly branch: string;
  readonly to: string;
}

/** The declaration of a branch for the one that it started from, as long as that one is still where it was. */
export async function planPromotion(store: ObjectStore, request: MergeRequest): Promise<PlannedMerge> {
  const { branch, target, ancestor } = await bothSides(store, request);
  const planned = { branch, target, declaration: withoutOverrides(branch.manifest.state.declaration), untried: [] };
  // What was promoted already may be promoted again: then there is nothing to run.
  if (ancestor === branch.version && isMerged(planned)) return planned;
  if (ancestor === branch.version)
    throw new BranchError(`${request.branch} is in ${request.to} already, and ${request.to} has moved on since.`);
  if (ancestor !== target.version)
    throw new BranchError(
      `${request.to} moved on since ${request.branch} left it: it was at ${ancestor === null ? 'nothing' : shortDigest(ancestor)} and is at ` +
        `${shortDigest(target.version)}. Bring both together with: ${commandLine('merge', request.branch, '--into', request.to)}`,
    );
  return planned;
}

/** What both branches have made of their common ancestor's declaration. */
export async function planMerge(store: ObjectStore, request: MergeRequest): Promise<PlannedMerge> {
  const { branch, target, ancestor } = await bothSides(store, request);
  if (ancestor === null)
    throw new BranchError(
      `${request.branch} and ${request.to} have no common ancestor, so that nobody can say what either of them changed. ` +
        `Start a branch at a version before you run on it: ${commandLine('branch', '<name>', '--at', request.to)}`,
    );
  const merged = mergeDeclarations({
    base: (await readManifest(store, ancestor)).state.declaration,
    ours: target.manifest.state.declaration,
    theirs: branch.manifest.state.declaration,
    names: { ours: request.to, theirs: request.branch },
  });
  return { branch, target, ...merged };
}

/** True when the target has this declaration already, with a value in every row. */
export const isMerged = ({ declaration, target }: PlannedMerge): boolean =>
  equalJson(declaration, withoutOverrides(target.manifest.state.declaration));

async function bothSides(store: ObjectStore, { dataset, branch, to }: MergeRequest) {
  if (branch === to) throw new BranchError(`${branch} can't go into itself: name two branches.`);
  const [from, into] = await Promise.all([headOf(store, dataset, branch), headOf(store, dataset, to)]);
  return { branch: from, target: into, ancestor: await commonAncestor(store, from.version, into.version) };
}

async function headOf(store: ObjectStore, dataset: string, branch: string) {
  const ref = await readBranch(store, dataset, branch);
  if (!ref)
    throw new BranchError(`${dataset} has no branch ${branch}. See those it has with: ${commandLine('branch')}`);
  return { version: ref.manifest, manifest: await readManifest(store, ref.manifest) };
}
