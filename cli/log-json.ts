import type { LogEntry } from '../datasets/log/log-entry.ts';
import type { LogRefs } from './terminal/render-log.ts';

/** One version as `gettok log --json` prints it. */
export const logJson = (entry: LogEntry, { heads, tags }: LogRefs) => ({
  version: entry.version,
  parent: entry.parents[0] ?? null,
  parents: entry.parents,
  branches: [...heads].flatMap(([name, { manifest }]) => (manifest === entry.version ? [name] : [])),
  tags: [...tags].flatMap(([name, { manifest }]) => (manifest === entry.version ? [name] : [])),
  run: entry.run,
  branch: entry.branch,
  by: entry.by,
  message: entry.message,
  created_at: new Date(entry.createdMs).toISOString(),
  rows: entry.rows,
  rows_before: entry.rowsBefore,
  changed: entry.changes.map(({ step }) => step),
  changes: Object.fromEntries(entry.changes.map(({ step, what }) => [step, what])),
  calls: entry.calls,
  cost_usd: Number(entry.costNanoUsd) / 1e9,
});
