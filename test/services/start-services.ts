import { once } from 'node:events';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import type { TestProject } from 'vitest/node';
import { parts } from '../../cli/set-up/parts.mjs';

/** Where the tests' own MinIO and Temporal answer; every test file takes its own bucket and project. */
export interface TestServices {
  readonly s3: {
    readonly endpoint: string;
    readonly accessKey: string;
    readonly secretKey: string;
    readonly region: string;
  };
  readonly temporal: string;
  /** For what is the same in all test files, such as the bundle of the workflows. */
  readonly cacheFolder: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    services: TestServices;
  }
}

/** Starts a real MinIO and a real Temporal for the whole test run, and ends both behind it. */
export default async function startServices(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'gettok-test-services-'));
  const [s3Port, consolePort, temporalPort] = [await freePort(), await freePort(), await freePort()];
  const s3 = {
    endpoint: `http://127.0.0.1:${s3Port}`,
    accessKey: 'test-access',
    secretKey: 'test-secret-key',
    region: 'us-east-1',
  };
  const children = [
    spawn(
      await executable('minio'),
      [
        'server',
        '--quiet',
        '--address',
        `127.0.0.1:${s3Port}`,
        '--console-address',
        `127.0.0.1:${consolePort}`,
        join(folder, 'minio'),
      ],
      {
        stdio: 'ignore',
        env: { ...process.env, MINIO_ROOT_USER: s3.accessKey, MINIO_ROOT_PASSWORD: s3.secretKey, MINIO_BROWSER: 'off' },
      },
    ),
    spawn(
      await executable('temporal'),
      [
        'server',
        'start-dev',
        '--headless',
        '--ip',
        '127.0.0.1',
        '--port',
        String(temporalPort),
        '--log-level',
        'error',
      ],
      { stdio: 'ignore' },
    ),
  ];
  const temporal = `127.0.0.1:${temporalPort}`;
  await answering('MinIO', async () => (await fetch(`${s3.endpoint}/minio/health/live`)).ok);
  await answering('Temporal', async () => {
    const connection = await Connection.connect({ address: temporal, connectTimeout: 1000 });
    await connection.workflowService.describeNamespace({ namespace: 'default' });
    await connection.close();
    return true;
  });
  project.provide('services', { s3, temporal, cacheFolder: join(folder, 'cache') });
  return async () => {
    await Promise.all(children.map(end));
    await rm(folder, { recursive: true, force: true });
  };
}

async function executable(part: string): Promise<string> {
  const found = await parts.get(part)?.find();
  if (!found) throw new Error(`${part} is missing: run npm test, whose set-up installs it`);
  return found.path;
}

async function answering(name: string, ask: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (await ask().catch(() => false)) return;
    await pause(100);
  }
  throw new Error(`${name} did not answer within 30 s`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await ended;
  clearTimeout(timer);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
