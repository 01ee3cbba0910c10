import { randomBytes } from 'node:crypto';
import { GettokError } from '../manifests/gettok-error.ts';
import { readManifest } from '../manifests/manifest-store.ts';
import type { ObjectStore } from '../manifests/object-store.ts';
import { moveBranch, readBranch } from '../manifests/refs.ts';
import type { PilotRequest } from '../datasets/plan/draw-pilot.ts';
import type { PlannedSample } from '../datasets/plan/run-plan.ts';
import { commandLine } from './command-name.ts';
import type { Project } from './open-project.ts';
import { userName } from './user-name.ts';

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

/** Starts the branch of a pilot where it isn't there, and draws the rows from the version that the branch started at. */
export async function startPilot(
  { store, blobs }: Pick<Project, 'store' | 'blobs'>,
  pilot: PilotBranch,
  request: PilotRequest,
): Promise<PlannedSample> {
  const version = await sampledVersion(store, pilot);
  const [{ drawPilot }, { openDatabase }] = await Promise.all([
    import('../datasets/plan/draw-pilot.ts'),
    import('../datasets/parquet/database.ts'),
  ]);
  using database = await openDatabase();
  const sample = await drawPilot({ blobs, database }, version, request);
  if (version.isNew) await startBranch(store, pilot, version.version);
  return sample;
}

async function sampledVersion(store: ObjectStore, { dataset, branch, from }: PilotBranch) {
  if (branch === from)
    throw new PilotError(
      `A pilot leaves most rows out, so it needs a branch of its own: ${branch} is the one it would start from. Name another with --branch.`,
    );
  const own = await readBranch(store, dataset, branch);
  const start = own ?? (await readBranch(store, dataset, from));
  if (!start)
    throw new PilotError(`${dataset} has no branch ${from} to draw a sample from. Make it with: ${commandLine('run')}`);
  const manifest = await readManifest(store, start.manifest);
  // A second pilot has the same rows to draw from as the first; its own rows are mostly left out.
  const of = manifest.record.sample?.of;
  const drawn =
    of === undefined ? { version: start.manifest, manifest } : { version: of, manifest: await readManifest(store, of) };
  return { ...drawn, isNew: own === null };
}

async function startBranch(store: ObjectStore, { dataset, branch }: PilotBranch, version: PlannedSample['of']) {
  const run = `branch-${randomBytes(6).toString('hex')}`;
  const ref = { manifest: version, run, updatedAt: new Date().toISOString(), by: userName() };
  await moveBranch(store, dataset, branch, null, ref);
}
