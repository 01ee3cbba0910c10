import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { blob, int64, text } from '../../datasets/column-type.ts';
import { defineStepKind, NotMade } from '../step-kind.ts';
import { openVideoFiles } from '../video-files/open-video-files.ts';
import { parseVideoPattern, videoPath } from '../video-files/video-pattern.ts';

/** The video of each row from a folder, a path pattern or a bucket; stored once by its content. */
export const mediaFiles = defineStepKind({
  kind: 'media/files',
  revision: 1,
  summary: 'The video file of each row, found by its id in a folder or a bucket and stored once by its content.',
  queue: 'files',
  params: z.strictObject({ path: videoPath() }),
  tuning: z.strictObject({ concurrency: z.int().min(1).max(64).optional() }),
  codes: {
    file_missing: 'No file is there under the id of the row.',
    unsafe_id:
      'The id can be no file name: it has a slash, a backslash, two dots or a control character in it, starts with a dot, or is longer than 200 bytes.',
    outside_folder:
      'A symbolic link leads out of the folder of dataset.yaml. Put the file, or a hard link to it, there.',
    not_a_file: 'What is there under that name is a folder or a device.',
    several_files: 'The folder has several videos of that id. A path with {id} and an extension says which one.',
    file_unreadable: 'The file may not be read.',
  },
  outside: {
    async fingerprint({ path }, tools) {
      return await (await openVideoFiles(parseVideoPattern(path), tools)).fingerprint();
    },
    async identify(id, { path }, tools) {
      return await (await openVideoFiles(parseVideoPattern(path), tools)).identify(id);
    },
  },
  reads: {},
  makes: { file: blob('video'), file_name: text(), byte_length: int64() },
  async cell(_inputs, { path }, { id, folder, buckets, scratch, blobs }) {
    const copy = join(scratch, 'video');
    const files = await openVideoFiles(parseVideoPattern(path), { folder, cacheFolder: null, buckets });
    const name = await files.copy(id, copy);
    if (name instanceof NotMade) return name;
    const { size } = await stat(copy, { bigint: true });
    return { file: await blobs.putFile(copy), file_name: name, byte_length: size };
  },
});
