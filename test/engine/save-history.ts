import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { WorkflowHandle } from '@temporalio/client';

/** With GETTOK_SAVE_HISTORIES set, keeps a history for the replay test: `GETTOK_SAVE_HISTORIES=1 npx vitest run test/engine`. */
export async function saveHistory(name: string, handle: WorkflowHandle): Promise<void> {
  if (!process.env['GETTOK_SAVE_HISTORIES']) return;
  // Names of machines and processes don't belong into the repository.
  const json = historyToJSON(await handle.fetchHistory()).replaceAll(`${process.pid}@${hostname()}`, '1@worker');
  await writeFile(
    new URL(`../workflows/histories/${name}.json`, import.meta.url),
    `${JSON.stringify({ workflowId: handle.workflowId, history: JSON.parse(json) as unknown })}\n`,
  );
}
