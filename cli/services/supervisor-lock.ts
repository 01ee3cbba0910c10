import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { STATE_FOLDER } from '../project-folder.ts';

/**
 * Takes the lock that makes a supervisor the only one of its project, or answers null when another has it.
 *
 * The lock is SQLite's on an empty database. The kernel gives it back however its holder ends, so there is nothing stale to
 * judge, unlike with a file that is made and removed; and Node has no other way to lock a file.
 */
export function takeSupervisorLock(project: string): { release(): void } | null {
  const database = new DatabaseSync(join(project, STATE_FOLDER, 'supervisor.lock'));
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch {
    database.close();
    return null;
  }
  return { release: () => database.close() };
}
