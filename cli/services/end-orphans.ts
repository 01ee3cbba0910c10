import { readdirSync, readFileSync } from 'node:fs';
import { identityOf, isRunning, type ProcessIdentity, untilEnded } from './process-identity.ts';
import type { ServicesState } from './services-state.ts';
import { SUPERVISED_MARK } from './supervised-mark.ts';

const GRACE_MS = 5_000;

/**
 * Ends what a supervisor that was killed has left running, so that never two servers share a data folder. Call it holding the
 * lock. Answers how many processes there were.
 */
export async function endOrphans(project: string, state: ServicesState | null): Promise<number> {
  const recorded = Object.values(state?.children ?? {}).filter((identity) => isRunning(identity));
  const orphans = new Map([...recorded, ...markedProcesses(project)].map((identity) => [identity.pid, identity]));
  await Promise.all([...orphans.values()].map(endProcess));
  return orphans.size;
}

/** SIGTERM, then SIGKILL to what is still there after the grace. */
export async function endProcess(identity: ProcessIdentity): Promise<void> {
  signal(identity, 'SIGTERM');
  if (await untilEnded(identity, GRACE_MS)) return;
  signal(identity, 'SIGKILL');
  await untilEnded(identity, GRACE_MS);
}

/**
 * Processes that carry this project's mark, on Linux. The record alone would miss one that was started in the instant before
 * the supervisor was killed, and what a killed worker had started.
 */
function markedProcesses(project: string): ProcessIdentity[] {
  if (process.platform !== 'linux') return [];
  const mark = `${SUPERVISED_MARK}=${project}`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => environmentOf(name).includes(mark))
    .flatMap((name) => identityOf(Number(name)) ?? []);
}

function environmentOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    // It has ended, or is somebody else's.
    return [];
  }
}

function signal(identity: ProcessIdentity, name: NodeJS.Signals): void {
  try {
    if (isRunning(identity)) process.kill(identity.pid, name);
  } catch {
    // It ended meanwhile.
  }
}
