import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createFfmpeg } from '../../activities/ffmpeg/create-ffmpeg.ts';
import type { MediaLimits } from '../../activities/ffmpeg/ffmpeg.ts';
import { toneAudio } from './tone-audio.ts';
import { childProcesses, type MediaBench, mediaBench, programPath } from './media-bench.ts';

let bench: MediaBench;
let clip: string;
let long: string;
const paths = { ffmpegPath: programPath('ffmpeg'), ffprobePath: programPath('ffprobe') };
const sampling = { everyNth: 1, max: 100_000, width: 640, height: 480 };

beforeAll(async () => {
  bench = await mediaBench();
  clip = await bench.clip(
    'clip.mp4',
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=64x64:r=10:d=1',
    '-f',
    'lavfi',
    '-i',
    'sine=d=1',
  );
  long = await bench.clip('long.mkv', '-f', 'lavfi', '-i', 'color=s=16x16:r=1000:d=60', '-c:v', 'rawvideo');
});
afterEach(() => expect(childProcesses().filter((name) => /^ff(mpeg|probe)/.test(name))).toEqual([]));
afterAll(() => bench.close());

const limits = (overrides: Partial<MediaLimits> = {}): MediaLimits => ({
  signal: new AbortController().signal,
  timeoutMs: 30_000,
  ...overrides,
});

async function emptyFolder(name: string): Promise<string> {
  await mkdir(join(bench.folder, name));
  return join(bench.folder, name);
}

it('says its version', async () => {
  expect(await bench.ffmpeg.version()).toMatch(/^n?\d+\.\d+|^N-/);
});

it('finds the silences of speech, and no other file’s', async () => {
  const folder = await emptyFolder('silences');
  const wav = join(folder, 'speech.wav');
  await writeFile(wav, toneAudio(10, [0, 1.5], [3, 3.25], [5, 6], [9, 10]));
  // A quarter of a second is a pause within a sentence.
  expect(await bench.ffmpeg.findSilences(wav, folder, limits())).toEqual([
    { fromS: 0, toS: 1.5 },
    { fromS: 5, toS: 6 },
    { fromS: 9, toS: null },
  ]);
  await writeFile(wav, toneAudio(1));
  expect(await bench.ffmpeg.findSilences(wav, folder, limits())).toEqual([]);
  await expect(bench.ffmpeg.findSilences(clip, folder, limits())).rejects.toMatchObject({ code: 'undecodable' });
});

it('kills ffmpeg at the time limit', async () => {
  const folder = await emptyFolder('timeout');
  const started = Date.now();
  await expect(bench.ffmpeg.extractFrames(long, folder, sampling, limits({ timeoutMs: 500 }))).rejects.toMatchObject({
    name: 'UnusableMediaError',
    code: 'timeout',
  });
  expect(Date.now() - started).toBeLessThan(5000);
  const left = readdirSync(folder).length;
  await setTimeout(200);
  expect(readdirSync(folder).length).toBe(left);
});

it('kills ffmpeg when the run is cancelled', async () => {
  const folder = await emptyFolder('cancel');
  const controller = new AbortController();
  const frames = bench.ffmpeg.extractFrames(long, folder, sampling, limits({ signal: controller.signal }));
  void setTimeout(400).then(() => controller.abort(new Error('cancelled')));
  await expect(frames).rejects.toThrow('cancelled');
});

it('starts nothing for a run that was cancelled before', async () => {
  const signal = AbortSignal.abort(new Error('cancelled'));
  await expect(bench.ffmpeg.extractAudio(clip, join(bench.folder, 'a.wav'), limits({ signal }))).rejects.toThrow(
    'cancelled',
  );
  await expect(bench.ffmpeg.probe(clip, limits({ signal }))).rejects.toThrow('cancelled');
});

it('kills ffprobe at the time limit and when the run is cancelled', async () => {
  await expect(bench.ffmpeg.probe(clip, limits({ timeoutMs: 1 }))).rejects.toMatchObject({ code: 'timeout' });
  const controller = new AbortController();
  const facts = bench.ffmpeg.probe(clip, limits({ signal: controller.signal }));
  void setTimeout(5).then(() => controller.abort(new Error('cancelled')));
  await expect(facts).rejects.toThrow('cancelled');
});

it('runs no more processes at a time than it may', async () => {
  const one = createFfmpeg({ ...paths, concurrency: 1 });
  const most: number[] = [];
  const watch = setInterval(() => most.push(childProcesses().filter((name) => name.startsWith('ff')).length), 5);
  await Promise.all(
    [1, 2, 3].map((number) => one.extractAudio(clip, join(bench.folder, `one-${number}.wav`), limits())),
  );
  clearInterval(watch);
  expect(Math.max(...most)).toBe(1);
});

it('refuses what is larger than it may be, coming in or going out', async () => {
  await expect(
    createFfmpeg({ ...paths, concurrency: 1, maxInputBytes: 100 }).probe(clip, limits()),
  ).rejects.toMatchObject({
    code: 'too_large',
  });
  const small = createFfmpeg({ ...paths, concurrency: 1, maxOutputBytes: 10_000 });
  await expect(small.extractAudio(clip, join(bench.folder, 'cut.wav'), limits())).rejects.toMatchObject({
    code: 'too_large',
  });
});

// Opening the pipe would block, so that following the reference shows as a timeout.
it.each([
  [
    'an HLS playlist',
    (pipe: string) => `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile://${pipe}\n#EXT-X-ENDLIST\n`,
  ],
  ['a concat script', (pipe: string) => `ffconcat version 1.0\nfile '${pipe}'\n`],
  [
    'a DASH manifest',
    (pipe: string) =>
      `<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet><Representation id="0"><BaseURL>file://${pipe}</BaseURL></Representation></AdaptationSet></Period></MPD>`,
  ],
  [
    'a session description',
    () => 'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 9999 RTP/AVP 96\n',
  ],
])('does not follow %s', async (what, content) => {
  const folder = await emptyFolder(what);
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  for (const name of ['a.mp4', 'a.m3u8', 'a.mpd']) {
    await writeFile(join(folder, name), content(pipe));
    const short = limits({ timeoutMs: 5000 });
    await expect(bench.ffmpeg.probe(join(folder, name), short)).rejects.toMatchObject({ code: 'not_a_video' });
    await expect(bench.ffmpeg.extractAudio(join(folder, name), join(folder, 'a.wav'), short)).rejects.toMatchObject({
      code: 'undecodable',
    });
    await expect(bench.ffmpeg.extractFrames(join(folder, name), folder, sampling, short)).rejects.toMatchObject({
      code: 'undecodable',
    });
  }
});

it.each([
  '-i',
  '-y.mp4',
  'a b.mp4',
  `it's "quoted".mp4`,
  'ñandú 😀.mp4',
  'two\nlines.mp4',
  '%03d.mp4',
  '$(touch x);.mp4',
  'http:x.mp4',
  'concat:a|b',
])('reads a file named %j', async (name) => {
  const folder = join(bench.folder, 'names');
  await mkdir(folder, { recursive: true });
  await copyFile(clip, join(folder, name));
  expect(await bench.ffmpeg.probe(join(folder, name), limits())).toMatchObject({ video: { frames: 10 } });
  await bench.ffmpeg.extractAudio(join(folder, name), join(folder, 'a.wav'), limits());
  const out = join(folder, '100%');
  await mkdir(out, { recursive: true });
  expect(await bench.ffmpeg.extractFrames(join(folder, name), out, { ...sampling, max: 1 }, limits())).toEqual([
    { path: join(out, 'frame-000000.jpg'), number: 0 },
  ]);
});

it('names the program that is missing, and what to do', async () => {
  const nowhere = createFfmpeg({ ffmpegPath: '/nowhere/ffmpeg', ffprobePath: '/nowhere/ffprobe', concurrency: 1 });
  await expect(nowhere.version()).rejects.toThrow(/^ffmpeg can't be started \(ENOENT\)\. `gettok doctor`/);
  await expect(nowhere.probe(clip, limits())).rejects.toMatchObject({ name: 'FfmpegMissingError', program: 'ffprobe' });
  await expect(nowhere.extractAudio(clip, join(bench.folder, 'x.wav'), limits())).rejects.toMatchObject({
    program: 'ffmpeg',
  });
});

/** What the program does instead of extracting frames, as a shell script. */
async function fake(name: string, script: string) {
  const path = join(bench.folder, name);
  await writeFile(
    path,
    `#!/bin/sh\ncase "$*" in *-version) echo ffmpeg version 7.1;; *-formats|*-encoders) ;; *) ${script};; esac\n`,
  );
  await chmod(path, 0o755);
  const broken = createFfmpeg({ ffmpegPath: path, ffprobePath: path, concurrency: 1 });
  return broken.extractFrames(clip, bench.folder, sampling, limits());
}

it('tells a crash from being told to stop', async () => {
  await expect(fake('segv', 'kill -SEGV $$')).rejects.toMatchObject({ code: 'ffmpeg_crashed' });
  await expect(fake('term', 'kill -TERM $$')).rejects.toMatchObject({ name: 'ProcessEndedError' });
  await expect(fake('interrupted', 'exit 255')).rejects.toMatchObject({ name: 'ProcessEndedError' });
  await expect(fake('full', 'echo "No space left on device" >&2; exit 1')).rejects.toMatchObject({
    name: 'ProcessEndedError',
  });
});

it('gives ffmpeg none of our environment', async () => {
  const path = join(bench.folder, 'environment');
  await writeFile(path, `#!/bin/sh\nenv > '${join(bench.folder, 'seen')}'\nexit 1\n`);
  await chmod(path, 0o755);
  process.env['GETTOK_TEST_SECRET'] = 'secret';
  const spy = createFfmpeg({ ffmpegPath: path, ffprobePath: path, concurrency: 1, env: { LANG: 'C' } });
  await expect(spy.probe(clip, limits())).rejects.toThrow();
  const seen = execFileSync('cat', [join(bench.folder, 'seen')], { encoding: 'utf8' });
  expect(seen).toContain('LANG=C');
  expect(seen).not.toContain('secret');
});
