import { execFileSync } from 'node:child_process';
import { linkSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mediaFiles } from '../../../activities/kinds/media-files.ts';
import type { Buckets } from '../../../activities/step-kind.ts';
import { sha256 } from '../../../manifests/digest.ts';
import { type MediaBench, mediaBench, values } from '../media-bench.ts';
import { memoryStore } from '../memory-store.ts';

let bench: MediaBench;
let folder: string;
const objects = new Map<string, Buffer>();
const buckets: Buckets = {
  open: async (name) => {
    if (name !== 'videos') throw new Error(`no bucket ${name}`);
    return memoryStore(objects);
  },
};

beforeAll(async () => {
  bench = await mediaBench();
});
beforeEach(async () => {
  folder = await mkdtemp(join(bench.folder, 'dataset-'));
  objects.clear();
});
afterAll(() => bench.close());

async function file(path: string, content = `content of ${path}`): Promise<string> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
  return join(folder, path);
}
const cell = (id: string, path = 'media/{id}.mp4') =>
  bench.cell(mediaFiles, {}, { id, datasetFolder: folder, buckets, params: { path } });
const place = () => ({ folder, cacheFolder: join(bench.folder, 'cache'), buckets });
const fingerprint = (path = 'media/{id}.mp4') => mediaFiles.outside!.fingerprint({ path }, place());
const identify = (id: string, path = 'media/{id}.mp4') => mediaFiles.outside!.identify!(id, { path }, place());

describe('where the video of a row is', () => {
  it.each([
    ['media/{id}.mp4', 'media/7203.mp4'],
    ['media/{id}/video.mp4', 'media/7203/video.mp4'],
    ['by-id/{id}/clip-{id}.webm', 'by-id/7203/clip-7203.webm'],
    ['{id}.mp4', '7203.mp4'],
    ['media', 'media/7203.mp4'],
    ['./media/', 'media/7203.WEBM'],
  ])('%s finds %s', async (pattern, path) => {
    await file(path, 'video');
    await file('media/7204.mp4', 'another');
    expect(values(await cell('7203', pattern))).toEqual({
      file: sha256('video'),
      file_name: path.slice(path.lastIndexOf('/') + 1),
      byte_length: 5n,
    });
    expect(await identify('7203', pattern)).toBe(sha256('video'));
  });

  it.each(['-y', `it's "x"`, 'a b', 'ñandú 😀', '$(touch x)', '%03d', '{id}', '$&'])(
    'finds the file of the id %j',
    async (id) => {
      await file(`media/${id}.mp4`, 'video');
      expect(values(await cell(id))).toMatchObject({ file: sha256('video'), file_name: `${id}.mp4` });
      expect(values(await cell(id, 'media'))).toMatchObject({ file_name: `${id}.mp4` });
    },
  );

  it('leaves what a downloader puts beside a video', async () => {
    for (const name of ['7203.mp4', '7203.json', '7203.info.json', '7203.jpg', '7203.description'])
      await file(`media/${name}`, name);
    expect(values(await cell('7203', 'media'))).toMatchObject({ file_name: '7203.mp4' });
  });

  it('stores bytes whatever they are: what is no video is for later steps to say', async () => {
    await file('media/7203.mp4', '');
    expect(values(await cell('7203'))).toMatchObject({ byte_length: 0n });
  });
});

describe('rows without a video', () => {
  it('fails where the file is missing, its folder too', async () => {
    expect(await cell('7203')).toMatchObject({ status: 'failed', code: 'file_missing' });
    expect(await cell('7203', 'media')).toMatchObject({ code: 'file_missing' });
    expect(await identify('7203')).toBe(null);
  });

  it.each(['', '.', '..', '../x', 'a/b', 'a\\b', 'a\0b', 'a\nb', '.hidden', 'a..b', 'x'.repeat(201), '\ud800'])(
    'refuses the id %j',
    async (id) => {
      await file('media/x.mp4');
      await file('x.mp4');
      expect(await cell(id)).toMatchObject({ status: 'failed', code: 'unsafe_id' });
      expect(await cell(id, 'media')).toMatchObject({ code: 'unsafe_id' });
      expect(await cell(id, 's3://videos/{id}.mp4')).toMatchObject({ code: 'unsafe_id' });
      expect(await identify(id)).toBe('unsafe_id');
    },
  );

  it('refuses links that lead out of the dataset, of files and of folders', async () => {
    const secret = join(bench.folder, 'secret.mp4');
    await writeFile(secret, 'secret');
    await file('media/1.mp4');
    await symlink(secret, join(folder, 'media/2.mp4'));
    await symlink('../../secret.mp4', join(folder, 'media/3.mp4'));
    await symlink(bench.folder, join(folder, 'out'));
    for (const id of ['2', '3']) {
      expect(await cell(id)).toMatchObject({ status: 'failed', code: 'outside_folder' });
      expect(await cell(id, 'media')).toMatchObject({ code: 'outside_folder' });
      expect(await identify(id)).toBe('outside_folder');
    }
    expect(await cell('secret', 'out/{id}.mp4')).toMatchObject({ code: 'outside_folder' });
    expect(await cell('secret', 'out')).toMatchObject({ code: 'file_missing' });
  });

  it('follows links that stay in the dataset', async () => {
    await file('originals/a.mp4', 'video');
    await mkdir(join(folder, 'media'));
    await symlink('../originals/a.mp4', join(folder, 'media/7203.mp4'));
    await symlink('nowhere.mp4', join(folder, 'media/7204.mp4'));
    expect(values(await cell('7203'))).toMatchObject({ file: sha256('video') });
    expect(await cell('7204')).toMatchObject({ code: 'file_missing' });
  });

  it('opens no folder, no pipe and no device', async () => {
    await mkdir(join(folder, 'media/1.mp4'), { recursive: true });
    execFileSync('mkfifo', [join(folder, 'media/2.mp4')]);
    expect(await cell('1')).toMatchObject({ status: 'failed', code: 'not_a_file' });
    expect(await cell('2')).toMatchObject({ code: 'not_a_file' });
    expect(await identify('2')).toBe('not_a_file');
    expect(await fingerprint()).toBe(await fingerprint('elsewhere/{id}.mp4'));
  });

  it('fails where a folder has several videos of the id', async () => {
    await file('media/7203.mp4');
    await file('media/7203.webm');
    expect(await cell('7203', 'media')).toMatchObject({ status: 'failed', code: 'several_files' });
  });
});

describe('the fingerprint of the files', () => {
  it('changes when a file is added, removed, renamed or changed, and not otherwise', async () => {
    for (const id of ['1', '2', '3']) await file(`media/${id}.mp4`);
    const first = await fingerprint();
    await utimes(join(folder, 'media/1.mp4'), new Date(), new Date());
    await file('media/notes.txt');
    await file('elsewhere/9.mp4');
    expect(await fingerprint()).toBe(first);

    await file('media/4.mp4');
    const added = await fingerprint();
    await rename(join(folder, 'media/4.mp4'), join(folder, 'media/5.mp4'));
    const renamed = await fingerprint();
    await file('media/2.mp4', 'other bytes');
    const changed = await fingerprint();
    expect(new Set([first, added, renamed, changed]).size).toBe(4);

    await rm(join(folder, 'media/5.mp4'));
    await file('media/2.mp4');
    expect(await fingerprint()).toBe(first);
  });

  it('is the same for the same files elsewhere, and for a file or a link to it', async () => {
    await file('media/1.mp4', 'video');
    const first = await fingerprint();
    await rm(join(folder, 'media/1.mp4'));
    linkSync(await file('other/a.mp4', 'video'), join(folder, 'media/1.mp4'));
    expect(await fingerprint()).toBe(first);
    folder = await mkdtemp(join(bench.folder, 'dataset-'));
    await file('media/1.mp4', 'video');
    expect(await fingerprint()).toBe(first);
  });

  it('covers folders named by id', async () => {
    await file('media/1/video.mp4');
    const pattern = 'media/{id}/video.mp4';
    const first = await fingerprint(pattern);
    await file('media/2/other.mp4');
    expect(await fingerprint(pattern)).toBe(first);
    await file('media/2/video.mp4');
    expect(await fingerprint(pattern)).not.toBe(first);
  });
});

describe('videos in a bucket', () => {
  it('finds them by key, by prefix and by folder', async () => {
    objects.set('tiktok/7203.mp4', Buffer.from('video'));
    objects.set('tiktok/7203.mp4.part', Buffer.from('half'));
    objects.set('tiktok/7203.json', Buffer.from('{}'));
    for (const path of ['s3://videos/tiktok/{id}.mp4', 's3://videos/tiktok', 's3://videos/tiktok/'])
      expect(values(await cell('7203', path))).toEqual({
        file: sha256('video'),
        file_name: '7203.mp4',
        byte_length: 5n,
      });
    expect(await cell('7204', 's3://videos/tiktok/{id}.mp4')).toMatchObject({ code: 'file_missing' });
    await expect(cell('7203', 's3://nowhere/{id}.mp4')).rejects.toThrow('no bucket nowhere');
  });

  it('has a fingerprint that changes with the objects of the pattern alone', async () => {
    const path = 's3://videos/tiktok/{id}.mp4';
    objects.set('tiktok/7203.mp4', Buffer.from('video'));
    const first = [await fingerprint(path), await identify('7203', path)];
    objects.set('tiktok/x/y.mp4', Buffer.from('deeper'));
    objects.set('other/7203.mp4', Buffer.from('elsewhere'));
    expect([await fingerprint(path), await identify('7203', path)]).toEqual(first);
    objects.set('tiktok/7203.mp4', Buffer.from('other'));
    const changed = [await fingerprint(path), await identify('7203', path)];
    expect(changed[0]).not.toEqual(first[0]);
    expect(changed[1]).not.toEqual(first[1]);
    expect(await identify('7204', path)).toBe(null);
  });
});

it.each([
  ['/srv/media/{id}.mp4', 'found an absolute path; expected one relative to dataset.yaml'],
  ['C:/media/{id}.mp4', 'found an absolute path; expected one relative to dataset.yaml'],
  ['../media/{id}.mp4', 'found ".."; expected a path below the folder of dataset.yaml'],
  ['media\\{id}.mp4', 'found a backslash or a control character; expected a path with "/"'],
  ['https://example.org/{id}.mp4', 'found a URL; expected a relative path or s3://bucket/prefix/{id}.mp4'],
  ['s3://', 'found no bucket; expected s3://bucket/prefix/{id}.mp4'],
  ['media/video.mp4', 'found one file for all rows; expected {id} in its name, or a folder'],
])('refuses the path %s', (path, message) => {
  expect(mediaFiles.params.safeParse({ path }).error?.issues).toMatchObject([{ path: ['path'], message }]);
});

it('leaves nothing in its scratch folder', async () => {
  await file('media/7203.mp4');
  await cell('7203');
  expect(await readdir(join(bench.folder, 'scratch'))).toEqual([]);
});
