import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { makeStateFolder } from '../project-folder.ts';
import { isRunning } from './process-identity.ts';
import { SupervisorError } from './service-errors.ts';
import { logPath, logTail, openLog } from './service-log.ts';
import { readServicesState, type ServicesState } from './services-state.ts';
import { SUPERVISED_MARK } from './supervised-mark.ts';

/** Another supervisor has the project: not a failure. */
export const LOCKED_EXIT_CODE = 75;

const START_TIMEOUT_MS = 30_000;
const LOOK_EVERY_MS = 20;

export interface SupervisorOptions {
  readonly environment: Record<string, string>;
  readonly idleMs: number;
}

/** The running supervisor of a project, null when there is none. */
export function findSupervisor(project: string): ServicesState | null {
  const state = readServicesState(project);
  return state?.supervisor && isRunning(state.supervisor) ? state : null;
}

/** The supervisor of a project, started when there is none. Two commands at once find the same. Throws a SupervisorError. */
export async function findOrStartSupervisor(project: string, options: SupervisorOptions): Promise<ServicesState> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let child = { exited: true, code: null as number | null };
  while (Date.now() < deadline) {
    const found = findSupervisor(project);
    if (found) return found;
    if (child.exited) {
      if (child.code !== null && child.code !== LOCKED_EXIT_CODE)
        throw failed(project, `it ended with code ${child.code}`);
      // Who has the lock is just starting, or just ending: then this goes round until it is free.
      child = spawnSupervisor(project, options);
    }
    await sleep(LOOK_EVERY_MS);
  }
  throw failed(project, `it did not come up in ${START_TIMEOUT_MS / 1_000} s`);
}

function spawnSupervisor(project: string, { environment, idleMs }: SupervisorOptions) {
  makeStateFolder(project);
  const log = openLog(project, 'supervisor');
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('supervisor-process.ts', import.meta.url)), project, String(idleMs)],
    // In a session of its own: Ctrl-C on the command, or a closed terminal, leaves it and the runs going.
    { cwd: project, env: { ...environment, [SUPERVISED_MARK]: project }, stdio: ['ignore', log, log], detached: true },
  );
  closeSync(log);
  const state = { exited: false, code: null as number | null };
  // One that was ended by a signal had lost the lock, and was taken for an orphan before it could say so.
  child.once('exit', (code) => Object.assign(state, { exited: true, code: code ?? LOCKED_EXIT_CODE }));
  child.once('error', () => Object.assign(state, { exited: true, code: 1 }));
  child.unref();
  return state;
}

function failed(project: string, how: string): SupervisorError {
  const log = logPath(project, 'supervisor');
  return new SupervisorError(`the process that runs them could not be started: ${how}\n${logTail(log)}\n`, log);
}
