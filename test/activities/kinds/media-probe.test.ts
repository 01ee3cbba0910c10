import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mediaProbe } from '../../../activities/kinds/media-probe.ts';
import { type MediaBench, mediaBench, values } from '../media-bench.ts';

let bench: MediaBench;
beforeAll(async () => {
  bench = await mediaBench();
});
afterAll(() => bench.close());

const VIDEO = ['-f', 'lavfi', '-i', 'testsrc2=s=72x128:r=25:d=2'];
const SOUND = ['-f', 'lavfi', '-i', 'sine=f=440:d=2'];

it('measures a video', async () => {
  const clip = await bench.clip('clip.mp4', ...VIDEO, ...SOUND, '-c:v', 'libx264', '-c:a', 'aac');
  expect(values(await bench.cellOf(mediaProbe, clip))).toEqual({
    duration_s: 2,
    width: 72,
    height: 128,
    frame_rate: 25,
    frames: 50,
    video_codec: 'h264',
    audio_codec: 'aac',
    has_audio: true,
    container: 'mov,mp4,m4a,3gp,3g2,mj2',
    byte_length: BigInt((await readFile(clip)).length),
    rotation: 0,
  });
});

it('counts the frames where the container does not say, and says that there is no sound', async () => {
  const clip = await bench.clip('clip.webm', ...VIDEO, '-c:v', 'libvpx', '-b:v', '100k');
  expect(values(await bench.cellOf(mediaProbe, clip))).toMatchObject({
    frames: 50,
    video_codec: 'vp8',
    audio_codec: null,
    has_audio: false,
    container: 'matroska,webm',
  });
});

it('gives the size of a turned video as it is shown', async () => {
  const clip = await bench.clip('turned.mp4', ...VIDEO, '-c:v', 'libx264');
  const bytes = await readFile(clip);
  // The matrix of the track header: a quarter turn clockwise.
  const matrix = bytes.indexOf('tkhd') + 4 + 40;
  [0, 0x10000, 0, -0x10000, 0, 0, 128 * 0x10000, 0, 0x40000000].forEach((value, index) =>
    bytes.writeInt32BE(value, matrix + 4 * index),
  );
  await writeFile(clip, bytes);
  expect(values(await bench.cellOf(mediaProbe, clip))).toMatchObject({ width: 128, height: 72, rotation: 90 });
});

it('takes the picture of an album cover for no video', async () => {
  const cover = await bench.clip('cover.png', ...VIDEO, '-frames:v', '1');
  const song = await bench.clip(
    'song.m4a',
    ...SOUND,
    '-i',
    cover,
    '-map',
    '0',
    '-map',
    '1',
    '-c:v',
    'png',
    '-disposition:v:0',
    'attached_pic',
  );
  expect(await bench.cellOf(mediaProbe, song)).toMatchObject({ status: 'failed', code: 'not_a_video' });
});

it.each([
  ['an empty file', async () => Buffer.alloc(0)],
  ['a web page', async () => Buffer.from('<!DOCTYPE html><title>Not found</title>')],
  ['a picture', async () => readFile(await bench.clip('picture.jpg', ...VIDEO, '-frames:v', '1'))],
  ['a GIF', async () => readFile(await bench.clip('picture.gif', ...VIDEO, '-frames:v', '3'))],
  [
    'a video whose end, with its index, is missing',
    async () => {
      const bytes = await readFile(await bench.clip('whole.mp4', ...VIDEO));
      return bytes.subarray(0, bytes.length / 2);
    },
  ],
  [
    'random bytes',
    async () => Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919 + index ** 2) % 251)),
  ],
])('fails on %s', async (_what, content) => {
  const path = join(bench.folder, 'file.mp4');
  await writeFile(path, await content());
  const cell = await bench.cellOf(mediaProbe, path);
  expect(cell).toMatchObject({ status: 'failed', code: 'not_a_video' });
  expect((cell as { message: string }).message).not.toContain(bench.folder);
});

it('stops at its time limit', async () => {
  const clip = await bench.clip('clip.mp4', ...VIDEO);
  const cell = await bench.cellOf(mediaProbe, clip, { tuning: { timeout_s: 0.001 } });
  expect(cell).toMatchObject({ status: 'failed', code: 'timeout' });
});
