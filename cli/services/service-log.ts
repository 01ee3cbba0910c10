import { openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { STATE_FOLDER } from '../project-folder.ts';

const MAX_BYTES = 10_000_000;

export const logPath = (project: string, name: string): string => join(project, STATE_FOLDER, 'logs', `${name}.log`);

/** Opens a log for appending; a big one is put aside first, so two of them are kept at most. */
export function openLog(project: string, name: string): number {
  const path = logPath(project, name);
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
}

/** The last lines of a log, for an error message. */
export function logTail(path: string, lines = 8): string {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '';
  }
}
