import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { STATE_FOLDER } from '../project-folder.ts';
import { minio } from '../set-up/minio.mjs';
import { freePorts } from './free-ports.ts';
import { locatePart } from './locate-part.ts';
import type { Launch } from './launch.ts';
import type { S3Service } from './services.ts';
import type { ServicesState } from './services-state.ts';

export type StoreState = NonNullable<ServicesState['store']>;

/** Ports and credentials as they were before, where they can be had. */
export async function chooseStore(before: StoreState | null): Promise<StoreState> {
  const [port = 0, consolePort = 0] = await freePorts(before?.port, before?.consolePort);
  return {
    port,
    consolePort,
    accessKey: before?.accessKey ?? `gettok-${randomBytes(6).toString('hex')}`,
    secretKey: before?.secretKey ?? randomBytes(24).toString('base64url'),
  };
}

export const s3Of = ({ port, accessKey, secretKey }: StoreState, bucket: string): S3Service => ({
  endpoint: `http://127.0.0.1:${port}`,
  accessKey,
  secretKey,
  bucket,
  region: 'us-east-1',
});

/** MinIO on the project's folder, on 127.0.0.1 only; ready when it answers S3 requests. */
export async function launchMinio(
  project: string,
  state: StoreState,
  environment: Record<string, string>,
): Promise<Launch> {
  const { path } = await locatePart('store', minio);
  const data = join(project, STATE_FOLDER, 'minio');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const address = ['--address', `127.0.0.1:${state.port}`, '--console-address', `127.0.0.1:${state.consolePort}`];
  return {
    command: path,
    // Quiet: its greeting prints the credentials.
    args: ['server', '--quiet', ...address, data],
    environment: {
      ...environment,
      MINIO_ROOT_USER: state.accessKey,
      MINIO_ROOT_PASSWORD: state.secretKey,
      // It asks the vendor for news at every start otherwise, which a machine without a network pays for in seconds.
      MINIO_UPDATE: 'off',
      MINIO_CALLHOME_ENABLE: 'off',
    },
    probe: async () => {
      // Without a signature it is refused, but only once the server is initialised: the health endpoints are earlier.
      const { status } = await fetch(`http://127.0.0.1:${state.port}/`);
      if (status !== 403) throw new Error('not ready yet');
    },
  };
}
