import { join } from 'node:path';
import { listVideos, statBelow } from './folder-listing.ts';
import type { PatternWalk } from './video-pattern.ts';

interface Names {
  readonly changed: number;
  readonly byId: ReadonlyMap<string, readonly string[]>;
}

const RACY_MS = 2000;
const listed = new Map<string, Names>();

/** Names of the files of one id in a folder. The folder is read once, and again after a name was added or removed. */
export async function folderNames(root: string, walk: PatternWalk, id: string): Promise<readonly string[]> {
  const folder = join(root, ...walk.fixed);
  const changed = statBelow(root, walk.fixed.join('/'))?.mtimeMs;
  if (changed === undefined) return [];
  const known = listed.get(folder);
  if (known?.changed === changed) return known.byId.get(id) ?? [];
  const byId = new Map<string, string[]>();
  const time = Date.now();
  for (const video of await listVideos(root, walk)) byId.set(video.id, [...(byId.get(video.id) ?? []), video.name]);
  // A folder changed within the tick of its clock may have got another name that its time doesn't tell.
  if (time - changed >= RACY_MS) listed.set(folder, { changed, byId });
  else listed.delete(folder);
  return byId.get(id) ?? [];
}
