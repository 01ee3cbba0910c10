import { askSupervisor } from './control-client.ts';
import { STOP_PATH } from './control-protocol.ts';
import { endOrphans, endProcess } from './end-orphans.ts';
import { makeStateFolder } from '../project-folder.ts';
import { untilEnded } from './process-identity.ts';
import type { ServiceEvent } from './service-event.ts';
import { readServicesState, writeServicesState } from './services-state.ts';
import { findSupervisor } from './start-supervisor.ts';
import { takeSupervisorLock } from './supervisor-lock.ts';

/** Longer than every grace of every service. */
const STOP_TIMEOUT_MS = 45_000;

/** Stops the services of a project and leaves no process; false when nothing ran. */
export async function stopServices(project: string, onEvent?: (event: ServiceEvent) => void): Promise<boolean> {
  let ran = false;
  const supervisor = findSupervisor(project)?.supervisor;
  if (supervisor) {
    ran = true;
    await askToStop(project, onEvent);
    if (!(await untilEnded(supervisor, STOP_TIMEOUT_MS))) await endProcess(supervisor);
  }
  // One that was killed, or has just been, has left processes behind.
  makeStateFolder(project);
  const lock = takeSupervisorLock(project);
  // Somebody is starting the services again at this moment; they want them.
  if (!lock) return ran;
  try {
    const state = readServicesState(project);
    const orphans = await endOrphans(project, state);
    if (state) writeServicesState(project, { ...state, supervisor: null, kept: false, children: {} });
    return ran || orphans > 0;
  } finally {
    lock.release();
  }
}

async function askToStop(project: string, onEvent?: (event: ServiceEvent) => void): Promise<void> {
  const state = findSupervisor(project);
  const answer = state && (await askSupervisor(state.control, STOP_PATH));
  if (!answer) return;
  for (let next = await answer.messages.next(); !next.done; next = await answer.messages.next()) {
    if (next.value.type === 'event') onEvent?.(next.value.event);
  }
}
