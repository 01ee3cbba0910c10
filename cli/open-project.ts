import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { createLogUpdate } from 'log-update';
import type { OutsideTools } from '../activities/step-kind.ts';
import { openBuckets, openMinioStore } from '../activities/minio-store.ts';
import { type BlobStore, createBlobStore } from '../manifests/blob-store.ts';
import type { ObjectStore } from '../manifests/object-store.ts';
import { type Configuration, loadConfiguration } from './configuration.ts';
import { coloursFor } from './terminal/colours.ts';
import { projectId } from './project-id.ts';
import { makeStateFolder } from './project-folder.ts';
import type { SettingName } from './settings.ts';
import { ensureServices, type Services } from './services/ensure-services.ts';
import type { ServiceName } from './services/service-name.ts';
import type { SpeechService, TemporalService } from './services/services.ts';

/** A project as commands and workers use it: its bucket, its Temporal and its folders on this machine. */
export interface Project extends AsyncDisposable {
  readonly configuration: Configuration;
  readonly id: string;
  readonly store: ObjectStore;
  readonly blobs: BlobStore;
  readonly temporal: TemporalService;
  readonly speech: SpeechService | undefined;
  /** For what can be found out again. */
  readonly cacheFolder: string;
  outsideTools(folder: string): OutsideTools;
  /** A connected Temporal client; the same at every call. */
  client(): Promise<Client>;
}

/** Starts what is needed of the local services where nothing is configured, and connects to it. */
export async function openProject(
  need: readonly ServiceName[],
  /** Variables that hold keys of the dataset's models: the local worker gets them too. */
  keyVariables: readonly string[] = [],
  flags: Partial<Record<SettingName, string>> = {},
): Promise<Project> {
  const configuration = await loadConfiguration({ flags });
  const starting = createStartingLine();
  try {
    const services = await ensureServices(configuration, { need, variables: keyVariables, onEvent: starting.show });
    return await connectProject(configuration, services);
  } finally {
    starting.clear();
  }
}

/** On a terminal, one line while services start; it is gone when they run. */
function createStartingLine(): { readonly show: (event: { readonly message: string }) => void; clear(): void } {
  if (!process.stderr.isTTY) return { show: () => {}, clear: () => {} };
  const { dim } = coloursFor(process.stderr);
  const line = createLogUpdate(process.stderr);
  return { show: ({ message }) => line(dim(`  ${message} …`)), clear: () => line.clear() };
}

export async function connectProject(configuration: Configuration, services: Services): Promise<Project> {
  const cacheFolder = join(makeStateFolder(configuration.project.value), 'cache');
  await mkdir(cacheFolder, { recursive: true });
  const store = await openMinioStore(services.s3);
  const id = await projectId(store);
  const buckets = openBuckets(services.s3);
  let connected: Promise<Client> | undefined;
  return {
    configuration,
    id,
    store,
    blobs: createBlobStore(store, join(cacheFolder, 'objects')),
    get temporal() {
      return services.temporal;
    },
    speech: services.speech,
    cacheFolder,
    outsideTools: (folder) => ({ folder, cacheFolder, buckets }),
    client: () => (connected ??= connect(services.temporal)),
    async [Symbol.asyncDispose]() {
      await (await connected?.catch(() => undefined))?.connection.close();
      services.release();
    },
  };
}

async function connect({ address, namespace, connection: options }: TemporalService): Promise<Client> {
  const { Client: TemporalClient, Connection } = await import('@temporalio/client');
  const connection = await Connection.connect({ address, ...options });
  return new TemporalClient({ connection, namespace });
}
