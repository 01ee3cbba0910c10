import { hostname } from 'node:os';
import { openBuckets, openMinioStore } from '../activities/minio-store.ts';
import { createBlobStore } from '../manifests/blob-store.ts';
import { GettokError } from '../manifests/gettok-error.ts';
import type { ObjectStore } from '../manifests/object-store.ts';
import { openWorkLease } from '../manifests/work-lease.ts';
import { copyDataset, type CopyReport } from '../datasets/copy/copy-dataset.ts';
import { openDatabase } from '../datasets/parquet/database.ts';
import { otherBucket } from './other-bucket.ts';
import type { Project } from './open-project.ts';
import { makeScratchFolder } from './scratch-folder.ts';
import { join } from 'node:path';
import { formatBytes } from './terminal/format-bytes.ts';
import { formatCount, plural, shortDigest } from './terminal/format-number.ts';
import { liveLines } from './terminal/live-lines.ts';

/** The bucket to copy from has no such dataset. */
export class NothingToCopyError extends GettokError {
  override readonly name = 'NothingToCopyError';
  constructor(dataset: string, bucket: string) {
    super(`The bucket "${bucket}" has no branch or tag of a dataset "${dataset}".`);
  }
}

/** Copies a dataset to the other bucket, or with `from` from there; true when every branch and tag is the same there now. */
export async function copyToOtherBucket(
  project: Pick<Project, 'store' | 'blobs' | 'cacheFolder' | 'configuration'>,
  dataset: string,
  { from = false, json = false }: { readonly from?: boolean; readonly json?: boolean },
  out: NodeJS.WriteStream = process.stdout,
): Promise<boolean> {
  const address = otherBucket(project.configuration);
  const there = from ? await openBuckets(address).open(address.bucket) : await openMinioStore(address);
  const [source, target] = from ? [there, project.store] : [project.store, there];
  await using scratch = await makeScratchFolder(project.cacheFolder, 'copy');
  using database = await openDatabase({ threads: 1, memoryLimit: '1GB', tempFolder: scratch.path });
  const blobs = from ? createBlobStore(there, join(scratch.path, 'objects')) : project.blobs;
  const live = json ? null : liveLines(out);
  const who = `gettok copy on ${hostname()}`;
  const report = await during(source, target, who, (to) =>
    copyDataset({ store: source, blobs, database, scratchFolder: scratch.path }, to, dataset, (sent, total) =>
      live?.show([{ text: `  ${formatCount(sent)} of ${formatCount(total)} objects`, final: sent === total }]),
    ),
  );
  live?.done();
  if (report.refs.length === 0)
    throw new NothingToCopyError(dataset, from ? address.bucket : project.configuration.s3.bucket.value);
  out.write(
    `${json ? JSON.stringify(reportJson(dataset, address.bucket, report)) : copySentence(dataset, report, from)}\n`,
  );
  return report.refs.every(({ outcome }) => outcome !== 'differs');
}

/** Neither bucket is cleared while objects are on their way, and no ref moves when that isn't sure. */
function during<T>(
  source: ObjectStore,
  target: ObjectStore,
  who: string,
  work: (to: ObjectStore) => Promise<T>,
): Promise<T> {
  const lease = openWorkLease(target, who);
  return openWorkLease(source, who).during(() => lease.during(() => work(lease.store)));
}

const reportJson = (dataset: string, bucket: string, { sent, objects, byteLength, versions, refs }: CopyReport) => ({
  dataset,
  bucket,
  objects,
  sent,
  bytes: byteLength,
  versions,
  refs: Object.fromEntries(
    refs.map(({ name, version, outcome, there }) => [name, { version, outcome, there: there?.manifest ?? null }]),
  ),
});

/** What was copied, as it looks from this project. */
export function copySentence(
  dataset: string,
  { sent, objects, byteLength, versions, refs }: CopyReport,
  from: boolean,
): string {
  const [source, target] = from ? ['there', 'here'] : ['here', 'there'];
  const named = refs.map(({ name, version, outcome, there }) => {
    const what = `${name.replace(/^(heads|tags)\//, '')} is ${shortDigest(version)}`;
    if (outcome !== 'differs') return `  ${what}${outcome === 'same' ? ', as before' : ''}`;
    return `  ${what} ${source}, but ${there ? shortDigest(there.manifest) : 'nothing'} ${target}, which it doesn't come from: left as it is. Give one of them another name: gettok branch <name> --at ${shortDigest(version)}`;
  });
  return [
    `${dataset}: ${plural(versions, 'version')}, ${plural(objects, 'object')}; sent ${formatCount(sent)} (${formatBytes(byteLength)}).`,
    ...named,
  ].join('\n');
}
