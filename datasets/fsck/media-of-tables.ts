import pMap from 'p-map';
import type { BlobStore } from '../../manifests/blob-store.ts';
import type { Digest } from '../../manifests/digest.ts';
import type { RowReader } from '../parquet/database.ts';
import { digestsInFiles } from '../garbage/named-digests.ts';
import type { Problem } from './damage.ts';
import type { NamedTable } from './named-objects.ts';
import { reasonOf } from './walk-versions.ts';

const FILES_AT_ONCE = 50;

interface MediaTools {
  readonly blobs: BlobStore;
  readonly database: RowReader;
}

/** Blobs that the rows of tables name; tables that aren't there name none, and those that can't be read are told. */
export async function mediaOfTables(
  { blobs, database }: MediaTools,
  tables: readonly NamedTable[],
  there: Pick<ReadonlySet<Digest>, 'has'>,
): Promise<{ readonly media: ReadonlySet<Digest>; readonly unreadable: ReadonlyMap<Digest, Problem> }> {
  const media = new Set<Digest>();
  const unreadable = new Map<Digest, Problem>();
  const alike = Map.groupBy(
    tables.filter((table) => table.media.length > 0 && there.has(table.values)),
    (table) => table.media.join('\n'),
  );
  for (const of of alike.values()) {
    const digests = [...new Set(of.map(({ values }) => values))];
    for (let at = 0; at < digests.length; at += FILES_AT_ONCE)
      await read(digests.slice(at, at + FILES_AT_ONCE), of[0]!.media);
  }
  return { media, unreadable };

  async function read(digests: readonly Digest[], columns: readonly string[]): Promise<void> {
    try {
      const paths = await pMap(digests, (digest) => blobs.file(digest), { concurrency: 8 });
      for (const digest of await digestsInFiles(database, paths, columns)) media.add(digest);
    } catch (error) {
      // Which one it was shows when each is read by itself.
      if (digests.length > 1) for (const digest of digests) await read([digest], columns);
      else unreadable.set(digests[0]!, { kind: 'altered object', reason: reasonOf(error) });
    }
  }
}
