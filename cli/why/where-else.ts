import { findPartition, sourceOf } from '../../datasets/find-partition.ts';
import type { Digest } from '../../manifests/digest.ts';
import { type Manifest, parentsOf } from '../../manifests/manifest.ts';
import { readManifest } from '../../manifests/manifest-store.ts';
import { listRefs } from '../../manifests/refs.ts';
import type { ObjectStore } from '../../manifests/object-store.ts';
import { shortDigest } from '../terminal/format-number.ts';
import { printable } from '../terminal/render-table.ts';
import { WhyError } from './why-error.ts';
import type { WhyTools } from './why-tools.ts';

/** Versions looked into before giving up; of each only the files that no other one had. */
const VERSIONS_AT_MOST = 200;

/** What to say of an id that a version doesn't have: where it is, if anywhere. */
export async function notThere(
  store: ObjectStore,
  tools: WhyTools,
  { version, manifest }: { readonly version: Digest; readonly manifest: Manifest },
  id: string,
): Promise<WhyError> {
  const { dataset } = manifest.state;
  const found = await whereElse(store, tools, manifest, id);
  const shown = printable(id).slice(0, 80);
  const rows = Object.values(sourceOf(manifest).step.partitions).reduce((sum, partition) => sum + partition.rows, 0);
  const missing = `There is no row ${shown} among the ${rows.toLocaleString('en-US')} of ${shortDigest(version)}`;
  return new WhyError(
    found === null
      ? `${missing}, nor in any other version of ${dataset} that was looked into. See its ids with: gettok query "select id from dataset"`
      : `${missing}, but it is in ${found.name}. Look there with: gettok why ${shown} <step.column> ${found.at}`,
  );
}

async function whereElse(
  store: ObjectStore,
  { blobs, database }: WhyTools,
  start: Manifest,
  id: string,
): Promise<{ readonly name: string; readonly at: string } | null> {
  const { dataset } = start.state;
  const searched = new Set(valuesOf(start));
  const seen = new Set<Digest>();
  const refs = [...(await listRefs(store, dataset, 'tags')), ...(await listRefs(store, dataset, 'heads'))];
  const queue: { version: Digest; name: string | null }[] = [
    ...parentsOf(start.record).map((version) => ({ version, name: null })),
    ...refs.map(([name, { manifest: version }]) => ({ version, name })),
  ];
  for (const { version, name } of queue) {
    if (seen.has(version) || seen.size >= VERSIONS_AT_MOST) continue;
    seen.add(version);
    const manifest = await readManifest(store, version);
    if (await holds(manifest)) {
      const named = name ?? refs.find(([, ref]) => ref.manifest === version)?.[0];
      return named === undefined
        ? { name: `the version ${shortDigest(version)}`, at: version.slice('sha256:'.length, 'sha256:'.length + 12) }
        : { name: named, at: `@${named}` };
    }
    for (const parent of parentsOf(manifest.record)) queue.push({ version: parent, name: null });
  }
  return null;

  async function holds(manifest: Manifest): Promise<boolean> {
    const { name, step } = sourceOf(manifest);
    const fresh = Object.entries(step.partitions).filter(([, { values }]) => !searched.has(values));
    for (const [, { values }] of fresh) searched.add(values);
    if (fresh.length === 0) return false;
    const rest = { ...step, partitions: Object.fromEntries(fresh) };
    const state = { ...manifest.state, steps: { [name]: rest } };
    return (await findPartition({ database, file: (digest) => blobs.file(digest) }, { state }, id)) !== null;
  }
}

const valuesOf = (manifest: Manifest): Digest[] =>
  Object.values(sourceOf(manifest).step.partitions).map(({ values }) => values);
