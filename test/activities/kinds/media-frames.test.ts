import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mediaFrames } from '../../../activities/kinds/media-frames.ts';
import { imageSizeOf } from '../../openai-server/image-size.ts';
import { brightness, type MediaBench, mediaBench, values } from '../media-bench.ts';

let bench: MediaBench;
let counting: string;

/** Frame n is as bright as 20·n: a frame that is off by one is seen. */
const COUNTING = "color=c=black:s=64x64:r=30,format=gray,geq=lum='20*N'";
/** A stream of pictures without a container, so that two can be put one behind the other. */
const BARE = ['-c:v', 'libx264', '-g', '1', '-qp', '1', '-pix_fmt', 'yuv420p', '-f', 'h264'];

beforeAll(async () => {
  bench = await mediaBench();
  counting = await bench.clip('counting.mkv', '-f', 'lavfi', '-i', COUNTING, '-frames:v', '12', '-c:v', 'ffv1');
});
afterAll(() => bench.close());

/** The numbers that the pictures themselves show. */
async function shown(frames: unknown): Promise<number[]> {
  const numbers: number[] = [];
  for (const frame of frames as string[]) {
    const pixels = await brightness(bench, frame);
    numbers.push(Math.round(pixels.reduce((sum, pixel) => sum + pixel, 0) / pixels.length / 20));
  }
  return numbers;
}

it('takes the first frame and every n-th after it', async () => {
  const { frames, frame_numbers } = values(await bench.cellOf(mediaFrames, counting, { params: { every_nth: 5 } }));
  expect(frame_numbers).toEqual([0, 5, 10]);
  expect(await shown(frames)).toEqual([0, 5, 10]);
});

it('takes the first frame alone when the video is shorter', async () => {
  const { frames, frame_numbers } = values(await bench.cellOf(mediaFrames, counting));
  expect(frame_numbers).toEqual([0]);
  expect(await shown(frames)).toEqual([0]);
});

it('stops at the maximum', async () => {
  const cell = values(await bench.cellOf(mediaFrames, counting, { params: { every_nth: 1, max: 3 } }));
  expect(cell['frame_numbers']).toEqual([0, 1, 2]);
  expect(await shown(cell['frames'])).toEqual([0, 1, 2]);
});

it('counts frames and not time where the rate changes', async () => {
  const uneven = ['-vf', 'setpts=if(lt(N\\,6)\\,N\\,N*7-30)/30/TB', '-fps_mode', 'vfr', '-c:v', 'ffv1'];
  const clip = await bench.clip('uneven.mkv', '-i', counting, ...uneven);
  const cell = values(await bench.cellOf(mediaFrames, clip, { params: { every_nth: 4 } }));
  expect(await shown(cell['frames'])).toEqual([0, 4, 8]);
});

it('goes on counting where the video changes its size, and keeps the first size', async () => {
  const bare = (name: string, source: string) =>
    bench.clip(name, '-f', 'lavfi', '-i', source, '-frames:v', '12', ...BARE);
  const small = await bare('small.h264', COUNTING);
  const wide = await bare('wide.h264', COUNTING.replace('64x64', '96x32'));
  const stream = join(bench.folder, 'both.h264');
  await writeFile(stream, Buffer.concat([await readFile(small), await readFile(wide)]));
  const both = await bench.clip('both.mkv', '-f', 'h264', '-r', '30', '-i', stream, '-c', 'copy');
  const cell = values(await bench.cellOf(mediaFrames, both, { params: { every_nth: 8 } }));
  expect(cell['frame_numbers']).toEqual([0, 8, 16]);
  expect(await shown(cell['frames'])).toEqual([0, 8, 4]);
  for (const frame of cell['frames'] as string[]) expect((await brightness(bench, frame)).length).toBe(64 * 64);
});

it('makes wide frames smaller and never makes one larger', async () => {
  const wide = await bench.clip(
    'wide.mkv',
    '-f',
    'lavfi',
    '-i',
    'testsrc=s=321x123:r=30',
    '-frames:v',
    '2',
    '-c:v',
    'ffv1',
  );
  const size = async (width: number) => {
    const { frames } = values(await bench.cellOf(mediaFrames, wide, { params: { width } }));
    return imageSizeOf(await bench.blobs.get((frames as `sha256:${string}`[])[0]!));
  };
  expect(await size(100)).toMatchObject({ width: 100, height: 38 });
  expect(await size(768)).toMatchObject({ width: 321, height: 123 });
});

it('gives the same bytes for the same video', async () => {
  const clip = await bench.clip('clip.mp4', '-f', 'lavfi', '-i', 'testsrc2=s=288x512:r=30', '-t', '2');
  const params = { every_nth: 20, width: 200 };
  const [first, second] = await Promise.all([0, 1].map(() => bench.cellOf(mediaFrames, clip, { params })));
  expect(values(first!)['frames']).toHaveLength(3);
  expect(second).toEqual(first);
});

it('puts nothing but the picture into a frame', async () => {
  const { frames } = values(await bench.cellOf(mediaFrames, counting));
  const jpeg = (await bench.blobs.get((frames as `sha256:${string}`[])[0]!)).toString('latin1');
  expect(jpeg).not.toMatch(/Lavc|Exif|ffmpeg/i);
});

it('reads what there is of a video that was cut off', async () => {
  const args = ['-f', 'lavfi', '-i', 'testsrc2=s=160x120:r=30', '-t', '4', '-g', '10', '-movflags', '+faststart'];
  const whole = await bench.clip('whole.mp4', ...args);
  const cut = join(bench.folder, 'cut.mp4');
  const bytes = await readFile(whole);
  await writeFile(cut, bytes.subarray(0, bytes.length / 2));
  const params = { every_nth: 30 };
  const cell = values(await bench.cellOf(mediaFrames, cut, { params }));
  const complete = values(await bench.cellOf(mediaFrames, whole, { params }));
  expect((cell['frames'] as string[]).length).toBeLessThan((complete['frames'] as string[]).length);
  expect((complete['frames'] as string[]).slice(0, 1)).toEqual((cell['frames'] as string[]).slice(0, 1));
});

it('fails where no frame can be decoded', async () => {
  const clip = await bench.clip(
    'noise.mp4',
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=160x120:r=30',
    '-t',
    '1',
    '-movflags',
    '+faststart',
  );
  const bytes = await readFile(clip);
  bytes.fill(0xff, bytes.indexOf('mdat') + 4);
  await writeFile(clip, bytes);
  expect(await bench.cellOf(mediaFrames, clip)).toMatchObject({ status: 'failed', code: 'undecodable' });
});
