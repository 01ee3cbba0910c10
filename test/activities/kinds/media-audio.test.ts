import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mediaAudio } from '../../../activities/kinds/media-audio.ts';
import type { Digest } from '../../../manifests/digest.ts';
import { type MediaBench, mediaBench, values } from '../media-bench.ts';

let bench: MediaBench;
beforeAll(async () => {
  bench = await mediaBench();
});
afterAll(() => bench.close());

const VIDEO = ['-f', 'lavfi', '-i', 'testsrc2=s=64x64:r=10:d=1.5'];
const STEREO = ['-f', 'lavfi', '-i', 'sine=f=440:r=44100:d=1.5', '-ac', '2'];

it('makes 16 kHz mono WAV with nothing in it but the format and the samples', async () => {
  const clip = await bench.clip('stereo.mkv', ...VIDEO, ...STEREO, '-c:a', 'pcm_s16le');
  const { audio, duration_s } = values(await bench.cellOf(mediaAudio, clip));
  const wav = await bench.blobs.get(audio as Digest);
  expect(wav.toString('latin1', 0, 16)).toMatch(/^RIFF....WAVEfmt $/s);
  expect({
    encoding: wav.readUInt16LE(20),
    channels: wav.readUInt16LE(22),
    sampleRate: wav.readUInt32LE(24),
    bits: wav.readUInt16LE(34),
    data: wav.toString('latin1', 36, 40),
    dataBytes: wav.readUInt32LE(40),
  }).toEqual({ encoding: 1, channels: 1, sampleRate: 16_000, bits: 16, data: 'data', dataBytes: wav.length - 44 });
  expect(duration_s).toBeCloseTo(1.5, 2);
  expect(duration_s).toBe((wav.length - 44) / 32_000);
});

it('gives the same bytes for the same video', async () => {
  const clip = await bench.clip('clip.mp4', ...VIDEO, ...STEREO, '-metadata', 'title=secret title');
  const [first, second] = await Promise.all([0, 1].map(() => bench.cellOf(mediaAudio, clip)));
  expect(values(first!)['audio']).toMatch(/^sha256:/);
  expect(second).toEqual(first);
});

it('skips a video without sound', async () => {
  const clip = await bench.clip('silent.mp4', ...VIDEO);
  expect(await bench.cellOf(mediaAudio, clip)).toMatchObject({ status: 'skipped', code: 'no_audio' });
});

it('takes the sound of a file that has sound alone', async () => {
  const clip = await bench.clip('sound.m4a', ...STEREO);
  expect(values(await bench.cellOf(mediaAudio, clip))['duration_s']).toBeCloseTo(1.5, 1);
});

it.each([
  ['an empty file', ''],
  ['a web page', '<!DOCTYPE html><title>429 Too Many Requests</title>'],
])('fails on %s', async (_what, content) => {
  const path = join(bench.folder, 'page.mp4');
  await writeFile(path, content);
  expect(await bench.cellOf(mediaAudio, path)).toMatchObject({ status: 'failed', code: 'not_a_video' });
});
