import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type LocalFileDigests, openDigests } from '../../activities/local-file-digests.ts';
import { sha256 } from '../../manifests/digest.ts';

let folder: string;
let cache: string;
/** Long enough after the files were written that their times can be trusted. */
const later = () => Date.now() + 60_000;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gettok-test-'));
  cache = join(folder, '.cache', 'digests.json');
});
afterEach(() => rm(folder, { recursive: true }));

const write = (name: string, content: string) => writeFile(join(folder, name), content);
const open = (now: () => number = later): LocalFileDigests => openDigests(folder, cache, now);
/** What the cache file says, changed: a digest that comes out of it is told from one that was computed. */
async function forge(): Promise<void> {
  const text = await readFile(cache, 'utf8');
  await writeFile(cache, text.replaceAll(/sha256:[0-9a-f]{64}/g, sha256('forged')));
}

it('gives the digest of each file, and null for what is none', async () => {
  await write('a', 'one');
  await mkdir(join(folder, 'b'));
  expect(await open().of(['a', 'b', 'c'])).toEqual([sha256('one'), null, null]);
});

it('reads a file again only when its stat changed', async () => {
  await write('a', 'one');
  await write('b', 'two');
  await open().of(['a', 'b']);
  await forge();
  expect(await open().of(['a', 'b'])).toEqual([sha256('forged'), sha256('forged')]);
  await utimes(join(folder, 'a'), new Date(0), new Date(0));
  expect(await open().of(['a', 'b'])).toEqual([sha256('one'), sha256('forged')]);
});

it('sees new bytes of the same length behind a time that was set back', async () => {
  await write('a', 'one');
  const { atime, mtime } = await stat(join(folder, 'a'));
  await open().of(['a', 'b']);
  await write('a', 'two');
  await utimes(join(folder, 'a'), atime, mtime);
  expect(await open().of(['a', 'b'])).toEqual([sha256('two'), null]);
});

it('remembers nothing of a file that was changed a moment ago', async () => {
  await write('a', 'one');
  expect(await open(Date.now).of(['a', 'b'])).toEqual([sha256('one'), null]);
  await expect(stat(cache)).rejects.toThrow('ENOENT');
});

it.each(['', 'not JSON', '{}', '{"format":"gettok file digests 1","files":[["a",1,2],null]}'])(
  'reads the files again when the cache is %j',
  async (content) => {
    await write('a', 'one');
    await mkdir(join(folder, '.cache'));
    await writeFile(cache, content);
    expect(await open().of(['a', 'b'])).toEqual([sha256('one'), null]);
    expect(await readdir(join(folder, '.cache'))).toEqual(['digests.json']);
    await forge();
    expect(await open().of(['a', 'b'])).toEqual([sha256('forged'), null]);
  },
);

it('takes in what another process found out since', async () => {
  const mine = open();
  await mine.of(['a', 'b']);
  await write('a', 'one');
  await open().of(['a', 'b']);
  await forge();
  expect(await mine.of(['a', 'b'])).toEqual([sha256('forged'), null]);
});

it('does not write the cache for every file that is asked for alone', async () => {
  await write('a', 'one');
  const digests = open();
  expect(await digests.of(['a'])).toEqual([sha256('one')]);
  await expect(stat(cache)).rejects.toThrow('ENOENT');
  await write('b', 'two');
  await digests.of(['a', 'b']);
  expect(JSON.parse(await readFile(cache, 'utf8')).files).toHaveLength(2);
});
