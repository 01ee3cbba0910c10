import { constants, realpathSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { digestOf } from '../../manifests/digest.ts';
import { localFileDigests } from '../local-file-digests.ts';
import { failed, NotMade } from '../step-kind.ts';
import { folderNames } from './folder-names.ts';
import { listVideos, realBelow, statBelow } from './folder-listing.ts';
import { isSafeId } from './safe-id.ts';
import type { VideoFiles, VideoPlace } from './video-files.ts';
import { pathOf, type VideoPattern, walkOf } from './video-pattern.ts';

/** Files below the dataset's folder. Whatever leads out of it, by a name or by a link, is refused. */
export function localVideos(
  pattern: VideoPattern,
  { folder, cacheFolder }: Pick<VideoPlace, 'folder' | 'cacheFolder'>,
): VideoFiles {
  const root = realpathSync.native(folder);
  const walk = walkOf(pattern);
  const digests = cacheFolder === null ? null : localFileDigests(root, cacheFolder);

  /** The row's file: its declared name, and its path below the root with links resolved. */
  async function find(id: string): Promise<{ name: string; real: string } | NotMade> {
    if (!isSafeId(id)) return failed('unsafe_id');
    const names = pattern.folder ? await folderNames(root, walk, id) : [pathOf(pattern, id)];
    if (names.length > 1) return failed('several_files', names.map((name) => basename(name)).join(', '));
    const [name] = names;
    const real = name === undefined ? undefined : realBelow(root, name);
    if (name === undefined || real === undefined) return failed('file_missing');
    if (real === null) return failed('outside_folder');
    // A device or a pipe is never opened: reading it could take for ever.
    const stats = statBelow(root, real);
    if (!stats) return failed('file_missing');
    return stats.isFile() ? { name, real } : failed('not_a_file');
  }

  return {
    async fingerprint() {
      const files = await listVideos(root, walk);
      files.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
      // A link that leads out is part of the listing without its content.
      const inside = files.filter(({ real }) => real !== null);
      const found = (await digests!.of(inside.map(({ real }) => real!))).values();
      return digestOf(
        'outside',
        files.map(({ name, real }) => [name, real === null ? null : (found.next().value ?? null)]),
      );
    },
    async identify(id) {
      const file = await find(id);
      if (file instanceof NotMade) return file.code === 'file_missing' ? null : file.code;
      const [digest] = await digests!.of([file.real]);
      return digest ?? null;
    },
    async copy(id, path) {
      const file = await find(id);
      if (file instanceof NotMade) return file;
      try {
        // A copy, since the original may still change between taking its digest and sending it.
        await copyFile(join(root, file.real), path, constants.COPYFILE_FICLONE);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT') return failed('file_missing');
        if (code === 'EACCES' || code === 'EPERM') return failed('file_unreadable');
        throw error;
      }
      return basename(file.name);
    },
  };
}
