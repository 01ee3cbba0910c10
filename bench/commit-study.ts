import { loadConfiguration } from '../cli/configuration.ts';
import { connectProject, type Project } from '../cli/open-project.ts';
import { ensureServices } from '../cli/services/ensure-services.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { writeManifest } from '../manifests/manifest-store.ts';
import { moveBranch } from '../manifests/refs.ts';
import type { Digest } from '../manifests/digest.ts';

/** The project of a folder, with its services. */
export async function connectFolder(path: string): Promise<Project> {
  const configuration = await loadConfiguration({ environment: { ...process.env, GETTOK_PROJECT: path } });
  return connectProject(configuration, await ensureServices(configuration, { need: ['store'] }));
}

/** Writes a version that no run has made, as the first of a branch. */
export async function commitStudy(
  { store }: Pick<Project, 'store'>,
  manifest: Manifest,
  branch = 'main',
): Promise<Digest> {
  const version = await writeManifest(store, manifest);
  const to = { manifest: version, run: 'bench', updatedAt: new Date(0).toISOString(), by: null };
  await moveBranch(store, manifest.state.dataset, branch, null, to);
  return version;
}
