import pMap from 'p-map';
import type { Digest } from '../../manifests/digest.ts';
import { type Manifest, parentsOf } from '../../manifests/manifest.ts';
import { readManifest } from '../../manifests/manifest-store.ts';
import type { ObjectStore } from '../../manifests/object-store.ts';
import { type LogEntry, logEntry } from './log-entry.ts';
import { type LogPage, PAGE_ENTRIES, pageAfter, readLogPage, writeLogPage } from './log-page.ts';

interface Found {
  /** By the version that each begins with; null where there is none. */
  readonly pages: Map<Digest, Promise<LogPage | null>>;
  readonly entries: Map<Digest, LogEntry>;
  /** Versions whose own page is there. */
  readonly paged: Set<Digest>;
  /** Entries that were made from manifests, since no page had them. */
  made: number;
}

/**
 * Versions that `starts` name and those before them, each once, children before their parents and of the others the newest
 * first. At most `limit` of every line of descent are looked at.
 */
export async function readLog(
  store: ObjectStore,
  dataset: string,
  starts: readonly Digest[],
  limit = Number.POSITIVE_INFINITY,
): Promise<LogEntry[]> {
  const found: Found = { pages: new Map(), entries: new Map(), paged: new Set(), made: 0 };
  await pMap(starts, async (start) => fetchPages(store, dataset, start, found, limit), { concurrency: 16 });
  const queue = [...starts];
  for (const start of queue) queue.push(...(await readLine(store, dataset, start, found, limit)));
  if (found.made > 0) for (const start of queue) await writePages(store, dataset, start, found);
  return inOrder(found.entries).slice(0, Math.min(limit, found.entries.size));
}

/** Pages of a line of descent, as far as they are there; where two lines meet, one goes on. */
async function fetchPages(
  store: ObjectStore,
  dataset: string,
  start: Digest,
  { pages }: Found,
  limit: number,
): Promise<void> {
  let seen = 0;
  for (let at: Digest | undefined = start; at !== undefined && seen < limit && !pages.has(at);) {
    const fetching = readLogPage(store, dataset, at);
    pages.set(at, fetching);
    const page: LogPage | null = await fetching;
    seen += page?.entries.length ?? 0;
    at = page?.entries.at(-1)!.parents[0];
  }
}

/**
 * From a version back along first parents: to one that is known already, to the first version, or to the limit. Gives the
 * other parents of those on the way.
 */
async function readLine(
  store: ObjectStore,
  dataset: string,
  start: Digest,
  found: Found,
  limit: number,
): Promise<readonly Digest[]> {
  const { entries, paged, pages } = found;
  const others: Digest[] = [];
  let seen = 0;
  let manifest: Manifest | null = null;
  let at: Digest | undefined = start;
  while (at !== undefined && seen < limit && !entries.has(at)) {
    const page: LogPage | null = await (pages.get(at) ?? readLogPage(store, dataset, at));
    if (page) {
      for (const entry of page.entries) entries.set(entry.version, entry);
      others.push(...page.entries.flatMap(({ parents }) => parents.slice(1)));
      paged.add(at);
      seen += page.entries.length;
      at = page.entries.at(-1)!.parents[0];
      manifest = null;
      continue;
    }
    const own: Manifest = manifest ?? (await readManifest(store, at));
    const [parent, ...rest] = parentsOf(own.record);
    manifest = parent === undefined ? null : await readManifest(store, parent);
    entries.set(at, logEntry(at, own, manifest));
    others.push(...rest);
    found.made += 1;
    seen += 1;
    at = parent;
  }
  return others;
}

/** What a later reader needs on the way from a version to the first one: its own page and the full ones behind it. */
async function writePages(
  store: ObjectStore,
  dataset: string,
  start: Digest,
  { entries, paged }: Found,
): Promise<void> {
  const line: LogEntry[] = [];
  for (let at: Digest | undefined = start; at !== undefined; at = line.at(-1)!.parents[0]) {
    const entry = entries.get(at);
    // A line that wasn't read to its end: how deep it is isn't known.
    if (!entry) return;
    line.push(entry);
  }
  let page: Omit<LogPage, 'format'> | null = null;
  for (const [index, entry] of line.toReversed().entries()) {
    page = pageAfter(page, entry);
    const needed = page.entries.length === PAGE_ENTRIES || index === line.length - 1;
    // Whoever may only read has the history all the same.
    if (needed && !paged.has(entry.version)) await writeLogPage(store, dataset, page).catch(() => {});
    if (needed) paged.add(entry.version);
  }
}

function inOrder(entries: ReadonlyMap<Digest, LogEntry>): LogEntry[] {
  const children = new Map<Digest, number>();
  for (const { parents } of entries.values())
    for (const parent of parents) children.set(parent, (children.get(parent) ?? 0) + 1);
  const ready = [...entries.values()].filter(({ version }) => !children.has(version));
  const ordered: LogEntry[] = [];
  while (ready.length > 0) {
    const newest = ready.reduce((best, entry, index) => (entry.createdMs > ready[best]!.createdMs ? index : best), 0);
    const [entry] = ready.splice(newest, 1);
    ordered.push(entry!);
    for (const parent of entry!.parents) {
      const left = children.get(parent)! - 1;
      children.set(parent, left);
      const known = entries.get(parent);
      if (left === 0 && known) ready.push(known);
    }
  }
  return ordered;
}
