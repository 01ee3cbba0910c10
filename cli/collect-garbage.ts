import { availableParallelism, hostname } from 'node:os';
import { takeClearingLease } from '../manifests/work-lease.ts';
import { openDatabase } from '../datasets/parquet/database.ts';
import { findGarbage, type Garbage } from '../datasets/garbage/find-garbage.ts';
import { removeGarbage } from '../datasets/garbage/remove-garbage.ts';
import { makeScratchFolder } from './scratch-folder.ts';
import type { Project } from './open-project.ts';
import { runsAtWork } from './runs-at-work.ts';
import { coloursFor, widthOf } from './terminal/colours.ts';
import { renderGarbage } from './terminal/render-garbage.ts';

export interface GarbageFlags {
  readonly olderThan: number;
  readonly journal?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Lists what nothing in the project's bucket leads to, and removes it unless it is a rehearsal. */
export async function collectGarbage(
  project: Pick<Project, 'store' | 'blobs' | 'cacheFolder' | 'client' | 'id'>,
  { olderThan, journal = false, dryRun = false, json = false }: GarbageFlags,
  out: NodeJS.WriteStream = process.stdout,
): Promise<Garbage> {
  const { store, blobs } = project;
  const client = await project.client();
  const find = async () => {
    await using scratch = await makeScratchFolder(project.cacheFolder, 'gc');
    using database = await openDatabase({
      threads: availableParallelism(),
      memoryLimit: '1GB',
      tempFolder: scratch.path,
    });
    return await findGarbage(
      { store, blobs, database },
      { olderThanMs: olderThan, paidAnswers: journal, atWork: await runsAtWork(client, project.id) },
    );
  };
  const found = dryRun ? await find() : await removed();
  const said = { ...found, removed: !dryRun };
  const style = { width: widthOf(out), colours: coloursFor(out) };
  out.write(`${json ? JSON.stringify(garbageJson(said)) : renderGarbage(said, style)}\n`);
  return found;

  async function removed(): Promise<Garbage> {
    await using lease = await takeClearingLease(store, `gettok gc on ${hostname()}`);
    const garbage = await find();
    await removeGarbage(store, lease, garbage);
    return garbage;
  }
}

const garbageJson = ({ objects, paid, removed }: Garbage & { readonly removed: boolean }) => ({
  removed,
  objects: objects.length,
  bytes: objects.reduce((sum, { byteLength }) => sum + byteLength, 0),
  kinds: Object.fromEntries(
    [...Map.groupBy(objects, ({ kind }) => kind)].map(([kind, of]) => [
      kind,
      { objects: of.length, bytes: of.reduce((sum, { byteLength }) => sum + byteLength, 0) },
    ]),
  ),
  paid_answers: { objects: paid.count, bytes: paid.byteLength },
  keys: objects.map(({ key }) => key),
});
