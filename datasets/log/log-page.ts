import { z } from 'zod';
import { type Digest, hexOf } from '../../manifests/digest.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import type { ObjectStore } from '../../manifests/object-store.ts';
import { type LogEntry, logEntry, logEntrySchema } from './log-entry.ts';

/**
 * Entries of a version and of those before it, back to the last multiple of `PAGE_ENTRIES` from the first version on: a
 * history of a thousand versions is sixteen small objects and not a thousand manifests of a megabyte. Derived from manifests,
 * made again from them when it is missing (docs/decisions/history.md).
 */
const pageSchema = z.strictObject({
  format: z.literal('gettok-log/1'),
  /** Versions before the first entry's. */
  depth: z.int().nonnegative(),
  /** The newest first; each is the first parent of the one before it. */
  entries: z.array(logEntrySchema).min(1),
});

export type LogPage = z.infer<typeof pageSchema>;

export const PAGE_ENTRIES = 64;

const keyOf = (dataset: string, version: Digest) => `index/${dataset}/log/${hexOf(version)}.json`;

/** Null for a page that is missing, or isn't one. */
export async function readLogPage(store: ObjectStore, dataset: string, version: Digest): Promise<LogPage | null> {
  const object = await store.get(keyOf(dataset, version));
  if (!object) return null;
  try {
    const page = pageSchema.parse(JSON.parse(object.bytes.toString('utf8')));
    const chained = page.entries.every((entry, index) =>
      index === 0 ? entry.version === version : page.entries[index - 1]!.parents[0] === entry.version,
    );
    const length = page.entries.length === (page.depth % PAGE_ENTRIES) + 1;
    return chained && length ? page : null;
  } catch {
    return null;
  }
}

export const writeLogPage = (store: ObjectStore, dataset: string, page: Omit<LogPage, 'format'>): Promise<void> =>
  store.put(
    keyOf(dataset, page.entries[0]!.version),
    Buffer.from(JSON.stringify({ format: 'gettok-log/1', ...page } satisfies LogPage)),
  );

/** Adds a new version to the history; without the page before it, which `gettok log` makes, it adds nothing. */
export async function noteInLog(
  store: ObjectStore,
  version: Digest,
  manifest: Manifest,
  parent: Manifest | null,
): Promise<void> {
  const { dataset } = manifest.state;
  const before = manifest.record.parent && (await readLogPage(store, dataset, manifest.record.parent));
  if (manifest.record.parent !== null && !before) return;
  const entry = logEntry(version, manifest, parent);
  await writeLogPage(store, dataset, pageAfter(before || null, entry));
}

export function pageAfter(before: Omit<LogPage, 'format'> | null, entry: LogEntry): Omit<LogPage, 'format'> {
  if (before === null) return { depth: 0, entries: [entry] };
  const depth = before.depth + 1;
  return { depth, entries: depth % PAGE_ENTRIES === 0 ? [entry] : [entry, ...before.entries] };
}
