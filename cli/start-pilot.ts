import { GettokError } from '../manifests/gettok-error.ts';
import { readManifest } from '../manifests/manifest-store.ts';
import type { ObjectStore } from '../manifests/object-store.ts';
import { takeLease } from '../manifests/lease.ts';
import { moveBranch, readBranch, type ReadRef } from '../manifests/refs.ts';
import type { PilotRequest } from '../datasets/plan/draw-pilot.ts';
import type { PlannedSample } from '../datasets/plan/run-plan.ts';
import { commonAncestor } from './common-ancestor.ts';
import { commandLine } from './command-name.ts';
import type { Project } from './open-project.ts';
import { namedBy } from './start-branch.ts';

export interface PilotBranch {
  readonly dataset: string;
  readonly branch: string;
  /** The branch that the pilot's branch starts at, where it isn't there yet. */
  readonly from: string;
}

/** A branch that no pilot can be run on. */
export class PilotError extends GettokError {
  override readonly name = 'PilotError';
  override readonly wrongUse = true;
}

/**
 * Starts the branch of a pilot where it isn't there, or anew where it was promoted, and draws the rows from the version that
 * the branch started at.
 */
export async function startPilot(
  { store, blobs }: Pick<Project, 'store' | 'blobs'>,
  pilot: PilotBranch,
  request: PilotRequest,
): Promise<PlannedSample> {
  // The version is named by a branch before anybody may clear it away.
  await using lease = await takeLease(store, 'work', 'gettok rerun');
  const version = await sampledVersion(store, pilot);
  const [{ drawPilot }, { openDatabase }] = await Promise.all([
    import('../datasets/plan/draw-pilot.ts'),
    import('../datasets/parquet/database.ts'),
  ]);
  using database = await openDatabase();
  const sample = await drawPilot({ blobs, database }, version, request);
  lease.check();
  if (version.moves)
    await moveBranch(store, pilot.dataset, pilot.branch, version.own, namedBy('branch', version.start));
  return sample;
}

async function sampledVersion(store: ObjectStore, { dataset, branch, from }: PilotBranch) {
  if (branch === from)
    throw new PilotError(
      `A pilot leaves most rows out, so it needs a branch of its own: ${branch} is the one it would start from. Name another with --branch.`,
    );
  const own = await readBranch(store, dataset, branch);
  const head = await readBranch(store, dataset, from);
  const isPromoted = await isBehind(store, own, head);
  const start = isPromoted ? head : (own ?? head);
  if (!start)
    throw new PilotError(`${dataset} has no branch ${from} to draw a sample from. Make it with: ${commandLine('run')}`);
  const manifest = await readManifest(store, start.manifest);
  // A second pilot has the same rows to draw from as the first; its own rows are mostly left out.
  const of = manifest.record.sample?.of;
  const drawn =
    of === undefined ? { version: start.manifest, manifest } : { version: of, manifest: await readManifest(store, of) };
  return { ...drawn, start: start.manifest, own, moves: own === null || isPromoted };
}

/** A pilot that was promoted is a part of what it was promoted to: the next one begins there. */
const isBehind = async (store: ObjectStore, own: ReadRef | null, head: ReadRef | null): Promise<boolean> =>
  own !== null &&
  head !== null &&
  own.manifest !== head.manifest &&
  (await commonAncestor(store, own.manifest, head.manifest)) === own.manifest;
