import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { STATE_FOLDER } from '../project-folder.ts';

const identity = z.object({ pid: z.int(), startedAt: z.string() });
const port = z.int().min(1).max(65_535);

const schema = z.object({
  supervisor: identity.nullable(),
  /** Where the supervisor listens, and the token it wants. */
  control: z.object({ port, token: z.string() }),
  /** Whether `gettok up` asked for services that stay. */
  kept: z.boolean(),
  store: z.object({ port, consolePort: port, accessKey: z.string(), secretKey: z.string() }).nullable(),
  temporal: z.object({ port, uiPort: port }).nullable(),
  speech: z.object({ port }).nullable(),
  /** Children that were started and not seen to end. */
  children: z.partialRecord(z.enum(['store', 'temporal', 'worker', 'speech']), identity),
});

/**
 * `.gettok/services.json`: what is needed to find the services, and to give them the ports and credentials they had before,
 * so that whoever used them can go on. Holds credentials of local servers, never a key of the person.
 */
export type ServicesState = z.infer<typeof schema>;

export const stateFile = (project: string): string => join(project, STATE_FOLDER, 'services.json');

/** Null when there is none, or none that can be read: then everything starts anew on the data that is there. */
export function readServicesState(project: string): ServicesState | null {
  try {
    return schema.parse(JSON.parse(readFileSync(stateFile(project), 'utf8')));
  } catch {
    return null;
  }
}

/** Replaces the file as a whole and on disk, so that a power cut leaves the old or the new one. */
export function writeServicesState(project: string, state: ServicesState): void {
  const path = stateFile(project);
  const file = openSync(`${path}.new`, 'w', 0o600);
  try {
    writeSync(file, `${JSON.stringify(state, null, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
}
