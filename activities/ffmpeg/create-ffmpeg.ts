import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pLimit from 'p-limit';
import type { ExtractedFrame, Ffmpeg, FrameSampling, MediaLimits } from './ffmpeg.ts';
import { FfmpegMissingError } from './ffmpeg-missing-error.ts';
import { countedFrames, FACTS_ASKED, FRAMES_ASKED, mediaFacts } from './media-facts.ts';
import { optionList } from './option-list.ts';
import { type FfmpegCall, runFfmpeg, SCALING } from './run-ffmpeg.ts';
import { runFfprobe } from './run-ffprobe.ts';
import { SILENCE, silencesIn } from './silences.ts';
import { SPEECH_WAV } from './speech-wav.ts';
import { UnusableMediaError } from './unusable-media-error.ts';
import { checkSize, imageDemuxer } from './untrusted-file.ts';

export interface FfmpegSettings {
  /** Absolute paths. */
  readonly ffmpegPath: string;
  readonly ffprobePath: string;
  /** How many processes run at the same time, whoever asks; each keeps one processor busy. */
  readonly concurrency: number;
  /** The whole environment of the processes, such as `LD_LIBRARY_PATH`; by default empty. */
  readonly env?: Readonly<Record<string, string>>;
  readonly maxInputBytes?: number;
  readonly maxOutputBytes?: number;
}

const GIB = 1024 ** 3;
const SPEECH = { map: '0:a:0', ac: 1, ar: SPEECH_WAV.samplesPerSecond, 'c:a': 'pcm_s16le', f: 'wav' } as const;
/** What makes near-white parts black and all else white: white is high in all three channels, whatever lies behind it. */
const NEAR_WHITE =
  'format=gbrp,split=3[r0][g0][b0];[r0]extractplanes=r[r];[g0]extractplanes=g[g];[b0]extractplanes=b[b];' +
  "[r][g]blend=all_mode=darken[rg];[rg][b]blend=all_mode=darken,lutyuv=y='clip((235-val)*255/55,0,255)'";

export function createFfmpeg(settings: FfmpegSettings): Ffmpeg {
  const { env = {}, maxInputBytes = 2 * GIB, maxOutputBytes = GIB } = settings;
  const limit = pLimit(settings.concurrency);
  const ffmpeg = { path: settings.ffmpegPath, env };
  const ffprobe = { path: settings.ffprobePath, env };
  let version: Promise<string> | undefined;

  const whenFree = <T>({ signal }: MediaLimits, work: () => Promise<T>): Promise<T> =>
    limit(async () => {
      signal.throwIfAborted();
      return await work();
    });
  const run = async (call: FfmpegCall, limits: MediaLimits): Promise<void> => {
    await checkSize(call.input, maxInputBytes);
    await whenFree(limits, () => runFfmpeg(ffmpeg, call, limits));
  };
  const ask = (file: string, question: readonly string[], limits: MediaLimits) =>
    whenFree(limits, () => runFfprobe(ffprobe, file, question, limits));
  const knownVersion = () => {
    version ??= readVersion(ffmpeg);
    // It may be installed while this process runs.
    version.catch(() => (version = undefined));
    return version;
  };

  return {
    version: knownVersion,

    async probe(file, limits) {
      const byteLength = await checkSize(file, maxInputBytes);
      const facts = mediaFacts(await ask(file, FACTS_ASKED, limits), byteLength);
      if (!facts.video || facts.video.frames !== null) return facts;
      return { ...facts, video: { ...facts.video, frames: countedFrames(await ask(file, FRAMES_ASKED, limits)) } };
    },

    async extractAudio(file, wav, limits) {
      await run(
        {
          input: file,
          of: 'container',
          outputOptions: optionList({ ...SPEECH, fs: maxOutputBytes }),
          folder: dirname(wav),
          output: basename(wav),
        },
        limits,
      );
      // At its limit ffmpeg stops writing and reports success.
      const { size } = await stat(wav);
      if (size >= maxOutputBytes * 0.99)
        throw new UnusableMediaError('too_large', `The sound is longer than ${maxOutputBytes} bytes of samples.`);
    },

    async findSilences(wav, folder, limits) {
      const found = 'silences.txt';
      const detect = `silencedetect=noise=${SILENCE.noise}:d=${SILENCE.minS}`;
      await run(
        {
          input: wav,
          of: 'speech',
          // Into a file, and nothing but what was found: on stderr it would stand between words for people.
          outputOptions: optionList({
            map: '0:a:0',
            'filter:a': `${detect},ametadata=mode=print:file=${found}`,
            f: 'null',
          }),
          folder,
          output: 'none',
        },
        limits,
      );
      return silencesIn(await readFile(join(folder, found), 'utf8'));
    },

    async extractFrames(file, folder, sampling, limits) {
      await run(
        {
          input: file,
          of: 'container',
          // A stream that changes its size would start a new filter graph, which counts its frames from 0 again.
          inputOptions: optionList({ reinit_filter: 0 }),
          outputOptions: frameOptions(sampling, await knownVersion()),
          folder,
          output: 'frame-%06d.jpg',
        },
        limits,
      );
      return await extractedFrames(folder, sampling.everyNth);
    },

    async isolateWhite(image, png, limits) {
      await run(
        {
          input: image,
          of: 'image',
          inputOptions: optionList({ f: await imageDemuxer(image) }),
          outputOptions: optionList({ 'filter:v': NEAR_WHITE, 'frames:v': 1, 'c:v': 'png', f: 'image2', update: 1 }),
          folder: dirname(png),
          output: basename(png),
        },
        limits,
      );
    },
  };
}

function frameOptions({ everyNth, max, width, height }: FrameSampling, version: string): string[] {
  const select = `select=not(mod(n\\,${everyNth}))`;
  const scale = `scale=${width}:${height}:flags=${SCALING}:out_range=full,format=yuvj420p`;
  return optionList({
    map: '0:V:0',
    'filter:v': `${select},${scale}`,
    'frames:v': max,
    // No frame is doubled or dropped for the sake of an even rate.
    [isOlderThan(version, 5, 1) ? 'vsync' : 'fps_mode']: 'passthrough',
    'c:v': 'mjpeg',
    'q:v': 3,
    f: 'image2',
    start_number: 0,
  });
}

async function extractedFrames(folder: string, everyNth: number): Promise<ExtractedFrame[]> {
  const names = (await readdir(folder)).filter((name) => /^frame-\d{6,}\.jpg$/.test(name)).toSorted();
  return names.map((name, index) => ({ path: join(folder, name), number: index * everyNth }));
}

async function readVersion({ path, env }: { readonly path: string; readonly env: Readonly<Record<string, string>> }) {
  try {
    const { stdout } = await promisify(execFile)(path, ['-version'], { env, timeout: 10_000, windowsHide: true });
    return /^ffmpeg version (\S+)/.exec(stdout)?.[1] ?? 'unknown';
  } catch (error) {
    throw new FfmpegMissingError('ffmpeg', error);
  }
}

/** A build without a number, such as `N-118193-g5f38c82536`, is a recent one. */
function isOlderThan(version: string, major: number, minor: number): boolean {
  const [, foundMajor, foundMinor] = /^n?(\d+)\.(\d+)/.exec(version) ?? [];
  if (foundMajor === undefined) return false;
  return Number(foundMajor) < major || (Number(foundMajor) === major && Number(foundMinor) < minor);
}
