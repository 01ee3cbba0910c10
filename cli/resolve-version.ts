import { type Digest, hexOf, isDigest } from '../manifests/digest.ts';
import { GettokError } from '../manifests/gettok-error.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { readManifest } from '../manifests/manifest-store.ts';
import type { ObjectStore } from '../manifests/object-store.ts';
import { listRefs, readBranch, readTag } from '../manifests/refs.ts';

/** A name that leads to no version of the dataset. */
export class UnknownVersionError extends GettokError {
  override readonly name = 'UnknownVersionError';
}

export interface ResolvedVersion {
  readonly version: Digest;
  readonly manifest: Manifest;
}

/**
 * A version by branch, tag, digest or the first eight or more digits of one, each with `~n` for the n-th parent; a
 * leading `@` is allowed. Tags win over branches of the same name.
 */
export async function resolveVersion(store: ObjectStore, dataset: string, at: string): Promise<ResolvedVersion> {
  const [, name, back] = /^@?(.*?)(?:~(\d+))?$/.exec(at)!;
  const start = await find(store, dataset, name || 'main');
  let manifest = await readManifest(store, start);
  let version = start;
  if (manifest.state.dataset !== dataset)
    throw new UnknownVersionError(`${at} is a version of ${manifest.state.dataset}, not of ${dataset}.`);
  for (let steps = Number(back ?? 0); steps > 0; steps -= 1) {
    const { parent } = manifest.record;
    if (parent === null)
      throw new UnknownVersionError(
        `${at}: ${name || 'main'} has fewer than ${back} earlier versions. See them with: gettok log`,
      );
    version = parent;
    manifest = await readManifest(store, version);
  }
  return { version, manifest };
}

async function find(store: ObjectStore, dataset: string, name: string): Promise<Digest> {
  if (isDigest(name)) return name;
  const prefix = /^(?:sha256:)?([0-9a-f]{8,64})$/.exec(name)?.[1];
  if (prefix) {
    const found = await findByPrefix(store, dataset, prefix);
    if (found) return found;
  }
  const ref = (await readTag(store, dataset, name)) ?? (await readBranch(store, dataset, name));
  if (ref) return ref.manifest;
  const branches = [...(await listRefs(store, dataset, 'heads')).keys()];
  const tags = [...(await listRefs(store, dataset, 'tags')).keys()];
  throw new UnknownVersionError(
    branches.length === 0
      ? `${dataset} has no version yet. Make the first with: gettok run`
      : `${dataset} has no branch, tag or version "${name}"${/^[0-9a-f]{4,7}$/.test(name) ? ' (of a digest, eight digits are needed)' : ''}. Branches: ${branches.join(', ')}${tags.length > 0 ? `. Tags: ${tags.join(', ')}` : ''}.`,
  );
}

async function findByPrefix(store: ObjectStore, dataset: string, prefix: string): Promise<Digest | null> {
  const matches: Digest[] = [];
  for await (const { key } of store.list(`manifests/sha256/${prefix.slice(0, 2)}/${prefix.slice(2)}`)) {
    const digest: Digest = `sha256:${key.slice('manifests/sha256/'.length).replace('/', '').replace('.json', '')}`;
    if ((await readManifest(store, digest)).state.dataset === dataset) matches.push(digest);
  }
  if (matches.length > 1)
    throw new UnknownVersionError(
      `${prefix} begins several versions: ${matches.map((match) => hexOf(match).slice(0, 16)).join(', ')}. Give more digits.`,
    );
  return matches[0] ?? null;
}
