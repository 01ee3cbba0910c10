import { availableParallelism } from 'node:os';
import { mendOf } from '../datasets/fsck/damage.ts';
import { findDamage, type FsckReport } from '../datasets/fsck/find-damage.ts';
import { openDatabase } from '../datasets/parquet/database.ts';
import type { Project } from './open-project.ts';
import { UnknownVersionError } from './resolve-version.ts';
import { makeScratchFolder } from './scratch-folder.ts';
import { coloursFor, widthOf } from './terminal/colours.ts';
import { formatCount } from './terminal/format-number.ts';
import { liveLines } from './terminal/live-lines.ts';
import { renderDamage } from './terminal/render-damage.ts';

/** Looks for damage in the project's bucket and says which versions suffer; true when there is none. */
export async function checkBucket(
  project: Pick<Project, 'store' | 'blobs' | 'cacheFolder'>,
  { dataset, full, json }: { readonly dataset: string | null; readonly full: boolean; readonly json: boolean },
  out: NodeJS.WriteStream = process.stdout,
): Promise<boolean> {
  await using scratch = await makeScratchFolder(project.cacheFolder, 'fsck');
  using database = await openDatabase({
    threads: availableParallelism(),
    memoryLimit: '1GB',
    tempFolder: scratch.path,
  });
  const live = json ? null : liveLines(out);
  const report = await findDamage(
    { store: project.store, blobs: project.blobs, database, scratchFolder: scratch.path },
    {
      dataset,
      full,
      onProgress: (done, total) =>
        live?.show([{ text: `  ${formatCount(done)} of ${formatCount(total)} read`, final: done === total }]),
    },
  );
  live?.done();
  if (dataset !== null && report.refs === 0)
    throw new UnknownVersionError(`There is no branch or tag of a dataset "${dataset}" in this bucket.`);
  const style = { width: widthOf(out), colours: coloursFor(out) };
  out.write(`${json ? JSON.stringify(reportJson(report, full)) : renderDamage(report, full, style)}\n`);
  return report.damages.length === 0;
}

const reportJson = ({ refs, versions, objects, byteLength, damages }: FsckReport, full: boolean) => ({
  whole: damages.length === 0,
  full,
  refs,
  versions,
  objects,
  bytes: byteLength,
  damages: damages.map((damage) => ({ ...damage, mend: mendOf(damage) })),
});
