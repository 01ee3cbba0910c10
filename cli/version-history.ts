import type { Digest } from '../manifests/digest.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { readManifest } from '../manifests/manifest-store.ts';
import type { ObjectStore } from '../manifests/object-store.ts';
import type { ResolvedVersion } from './resolve-version.ts';

/** One version as `gettok log --json` prints it. */
export interface LogEntry {
  readonly version: Digest;
  readonly parent: Digest | null;
  readonly run: string;
  readonly branch: string;
  readonly by: string | null;
  readonly message: string | null;
  readonly created_at: string;
  readonly rows: number;
  /** Steps whose values or configuration differ from the parent's. */
  readonly changed: readonly string[];
  readonly calls: number;
  readonly cost_usd: number;
}

/** A version and its parents, from the newest on. */
export async function* history(store: ObjectStore, start: ResolvedVersion): AsyncGenerator<LogEntry> {
  let { version, manifest } = start;
  for (;;) {
    const { parent } = manifest.record;
    const before = parent && (await readManifest(store, parent));
    yield entryOf(version, manifest, before);
    if (!parent || !before) return;
    version = parent;
    manifest = before;
  }
}

function entryOf(version: Digest, { state, record }: Manifest, before: Manifest | null): LogEntry {
  const { parent, run, branch, by, message } = record;
  const source = Object.values(state.steps).find((step) => step.source);
  const paid = Object.values(record.steps).map((step) => step.paid);
  const changed = Object.entries(state.steps).flatMap(([name, step]) => {
    const old = before?.state.steps[name];
    const partitions = new Set([...Object.keys(step.partitions), ...Object.keys(old?.partitions ?? {})]);
    const same =
      old?.configuration === step.configuration &&
      [...partitions].every((partition) => old.partitions[partition]?.values === step.partitions[partition]?.values);
    return same ? [] : [name];
  });
  return {
    version,
    parent,
    run,
    branch,
    by,
    message,
    created_at: new Date(Number(record.created_at)).toISOString(),
    rows: Object.values(source?.partitions ?? {}).reduce((sum, partition) => sum + partition.rows, 0),
    changed,
    calls: paid.reduce((sum, { calls }) => sum + calls, 0),
    cost_usd: Number(paid.reduce((sum, { cost_nano_usd }) => sum + BigInt(cost_nano_usd), 0n)) / 1e9,
  };
}
