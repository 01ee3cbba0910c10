import { execFile } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Downloader } from '../../activities/download/downloader.ts';
import { createFfmpeg } from '../../activities/ffmpeg/create-ffmpeg.ts';
import type { Ffmpeg } from '../../activities/ffmpeg/ffmpeg.ts';
import { NotMade, type Buckets, type CellTools, type StepKind } from '../../activities/step-kind.ts';
import { createTextReader } from '../../activities/text-reader/create-text-reader.ts';
import type { TextReader } from '../../activities/text-reader/text-reader.ts';
import { type BlobStore, createBlobStore } from '../../manifests/blob-store.ts';
import type { Digest } from '../../manifests/digest.ts';
import type { CellValue } from '../../datasets/column-type.ts';
import { memoryStore } from './memory-store.ts';

const run = promisify(execFile);

export function programPath(name: string): string {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      continue;
    }
  }
  throw new Error(`${name} is not on PATH; \`npm test\` installs it`);
}

export type Made = Readonly<Record<string, CellValue>>;

export interface MediaBench {
  readonly folder: string;
  readonly ffmpeg: Ffmpeg;
  readonly textReader: TextReader;
  readonly blobs: BlobStore;
  /** Makes a file in the bench's folder with ffmpeg; `args` come before its name. */
  clip(name: string, ...args: string[]): Promise<string>;
  /** Makes a cell as the engine does, in a scratch folder of its own. */
  cell(kind: StepKind, inputs: Record<string, CellValue>, options?: CellOptions): Promise<Made | NotMade>;
  /** The same with a file as the blob of the input `file`. */
  cellOf(kind: StepKind, path: string, options?: CellOptions): Promise<Made | NotMade>;
  close(): Promise<void>;
}

export interface CellOptions {
  readonly id?: string;
  readonly params?: object;
  readonly tuning?: object;
  readonly signal?: AbortSignal;
  readonly datasetFolder?: string;
  readonly buckets?: Buckets;
  readonly downloader?: Downloader;
}

export async function mediaBench(): Promise<MediaBench> {
  const folder = await mkdtemp(join(tmpdir(), 'gettok-test-'));
  const [ffmpegPath, ffprobePath] = [programPath('ffmpeg'), programPath('ffprobe')];
  const ffmpeg = createFfmpeg({ ffmpegPath, ffprobePath, concurrency: 2 });
  const textReader = createTextReader({ ffmpeg, concurrency: 2 });
  const blobs = createBlobStore(memoryStore(), join(folder, 'blobs'));
  const noBuckets: Buckets = { open: (name) => Promise.reject(new Error(`no bucket ${name}`)) };

  const cell: MediaBench['cell'] = async (kind, inputs, options = {}) => {
    await mkdir(join(folder, 'scratch'), { recursive: true });
    const scratch = await mkdtemp(join(folder, 'scratch', '100% cell-'));
    const tools: Partial<CellTools> = {
      id: options.id ?? '7203',
      folder: options.datasetFolder ?? folder,
      scratch,
      signal: options.signal ?? new AbortController().signal,
      tuning: { ...kind.tuning.parse({}), ...options.tuning },
      blobs,
      buckets: options.buckets ?? noBuckets,
      ffmpeg,
      textReader,
      ...(options.downloader && { downloader: options.downloader }),
    };
    try {
      return (await kind.cell!(inputs, kind.params.parse(options.params ?? {}), tools as CellTools)) as Made | NotMade;
    } finally {
      await rm(scratch, { recursive: true });
    }
  };

  return {
    folder,
    ffmpeg,
    textReader,
    blobs,
    async clip(name, ...args) {
      const path = join(folder, name);
      await run(ffmpegPath, ['-nostdin', '-v', 'error', '-y', ...args, path]);
      return path;
    },
    cell,
    cellOf: async (kind, path, options) => cell(kind, { file: await blobs.putFile(path) }, options),
    async close() {
      await textReader.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The values of a cell that was made; throws what it says instead when it wasn't. */
export function values(cell: Made | NotMade): Made {
  if (cell instanceof NotMade) throw new Error(`${cell.status}: ${cell.code} (${cell.message})`);
  return cell;
}

/** Raw pixels of an image blob, one byte of brightness each. */
export async function brightness({ blobs }: MediaBench, image: CellValue): Promise<Buffer> {
  const args = ['-nostdin', '-v', 'error', '-f', 'jpeg_pipe', '-i', await blobs.file(image as Digest)];
  const { stdout } = await run(programPath('ffmpeg'), [...args, '-f', 'rawvideo', '-pix_fmt', 'gray', '-'], {
    encoding: 'buffer',
    maxBuffer: 2 ** 26,
  });
  return stdout;
}

export const byteLengthOf = async ({ blobs }: MediaBench, blob: CellValue) =>
  (await stat(await blobs.file(blob as Digest))).size;

/** Names of the processes that this one started and that still run. */
export function childProcesses(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const [, name, state, parent] =
          /^\d+ \((.*)\) (\S) (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
        return Number(parent) === process.pid && state !== 'Z' ? [name!] : [];
      } catch {
        return [];
      }
    });
}
