import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { STATE_FOLDER } from '../project-folder.ts';
import { temporal } from '../set-up/temporal.mjs';
import { freePorts } from './free-ports.ts';
import type { Launch } from './launch.ts';
import { locatePart } from './locate-part.ts';
import type { ServicesState } from './services-state.ts';
import { probeTemporal } from './temporal-client.ts';

export type TemporalState = NonNullable<ServicesState['temporal']>;

export async function chooseTemporal(before: TemporalState | null): Promise<TemporalState> {
  const [port = 0, uiPort = 0] = await freePorts(before?.port, before?.uiPort);
  return { port, uiPort };
}

/** The address of the embedded server's only namespace. */
export const temporalOf = ({ port }: TemporalState) => ({
  address: `127.0.0.1:${port}`,
  namespace: 'default',
  connection: {},
});

/** Temporal's development server on an SQLite file of the project; ready when it answers for its namespace. */
export async function launchTemporal(
  project: string,
  state: TemporalState,
  environment: Record<string, string>,
): Promise<Launch> {
  const { path } = await locatePart('temporal', temporal);
  const data = join(project, STATE_FOLDER, 'temporal');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const ports = ['--port', String(state.port), '--ui-port', String(state.uiPort)];
  const keep = ['--db-filename', join(data, 'temporal.db')];
  return {
    command: path,
    args: ['server', 'start-dev', '--ip', '127.0.0.1', ...ports, ...keep, '--log-level', 'warn'],
    environment,
    probe: () => probeTemporal(temporalOf(state)),
  };
}
