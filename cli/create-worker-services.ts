import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createDownloader } from '../activities/download/create-downloader.ts';
import { createFfmpeg } from '../activities/ffmpeg/create-ffmpeg.ts';
import { stepKinds } from '../activities/kinds/index.ts';
import { openFailureWatch } from '../activities/failure-watch.ts';
import { openPartitionFiles } from '../activities/open-partition-files.ts';
import { createTextReader } from '../activities/text-reader/create-text-reader.ts';
import type { WorkerServices } from '../activities/worker-services.ts';
import { openDatabase } from '../datasets/parquet/database.ts';
import { createApis } from './create-apis.ts';
import { createModels } from './create-models.ts';
import type { Project } from './open-project.ts';
import { locateFfmpeg } from './locate-ffmpeg.ts';
import { locateYtDlp } from './locate-yt-dlp.ts';
import { lockDigest, softwareVersion } from './software-version.ts';

/** Puts together what the activities of one worker share. Disposing ends every process and thread of it. */
export async function createWorkerServices(project: Project): Promise<WorkerServices & AsyncDisposable> {
  const processors = availableParallelism();
  const scratch = join(project.cacheFolder, 'scratch');
  await mkdir(scratch, { recursive: true });
  const scratchFolder = await mkdtemp(join(scratch, 'worker-'));
  // Half the memory DuckDB would take by itself: the worker shares its machine with MinIO, Temporal and ffmpeg.
  const database = await openDatabase({
    threads: Math.max(1, Math.floor(processors / 2)),
    memoryLimit: '1GB',
    tempFolder: scratchFolder,
  });
  const programs = await locateFfmpeg();
  const ffmpeg = createFfmpeg({ ...programs, concurrency: processors });
  const downloader = createDownloader({
    program: await locateYtDlp(),
    ffmpegPath: programs.ffmpegPath,
    nodePath: process.execPath,
    path: project.configuration.environment()['PATH'] ?? '',
    variable: (name) => project.configuration.secretIn(name)?.value.reveal(),
  });
  const textReader = createTextReader({ ffmpeg, concurrency: processors });
  const lock = lockDigest();
  const files = openPartitionFiles();
  const { store, blobs } = project;
  return {
    store,
    blobs,
    files,
    database,
    scratchFolder,
    kinds: stepKinds,
    software: {
      gettok: softwareVersion(),
      ...(lock && { lock }),
      node: process.versions.node,
      ffmpeg: await ffmpeg.version(),
      ...(downloader.version !== null && { 'yt-dlp': downloader.version }),
    },
    outside: (folder) => project.outsideTools(folder),
    models: createModels(project, database),
    api: createApis(project.configuration),
    failures: openFailureWatch(),
    cellTools: (cell) => ({
      id: cell.id,
      folder: cell.folder,
      get scratch() {
        return cell.scratch();
      },
      tuning: cell.tuning,
      signal: cell.signal,
      blobs,
      ffmpeg,
      downloader,
      textReader,
      buckets: project.outsideTools(cell.folder).buckets,
      models: cell.models,
    }),
    async [Symbol.asyncDispose]() {
      await files[Symbol.asyncDispose]();
      await textReader.close();
      database.close();
      await rm(scratchFolder, { recursive: true, force: true });
    },
  };
}
