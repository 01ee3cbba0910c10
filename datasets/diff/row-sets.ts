import type { Manifest } from '../../manifests/manifest.ts';
import { causeLabel } from '../causes.ts';
import { textIn } from '../parquet/row-text.ts';
import { parquetFiles } from '../parquet/sql-text.ts';
import { type DiffTools, fetchFiles, type StepFiles } from './changed-rows.ts';
import { differingFiles } from './changed-rows.ts';
import { configurationChanges } from '../configuration-changes.ts';
import type { Pairing, StepPair } from './pair-steps.ts';
import { removalCauses, stepContext } from './step-context.ts';
import type { RowsDiff, RowsOfOne } from './version-diff.ts';

interface RowScope {
  readonly ids: readonly string[] | null;
  /** How many ids are given; null for all. */
  readonly limit: number | null;
}

/** Rows that are in one version only. Those that stand in another partition are in both. */
export async function diffRows(
  tools: DiffTools,
  { pairs }: Pairing,
  records: { readonly before: Manifest['record']; readonly after: Manifest['record'] },
  scope: RowScope,
): Promise<Omit<RowsDiff, 'changed'>> {
  const source = pairs.find(({ after }) => after.state.source);
  // Every version has one step that makes its rows, and those are paired whatever they are called.
  if (!source) throw new Error('a version without a source step');
  const differing = differingFiles(source);
  const before = await fetchFiles(tools.blobs, differing.before);
  const after = await fetchFiles(tools.blobs, differing.after);
  const removed = await idsOfOneSide(tools, before, after);
  const added = await idsOfOneSide(tools, after, before);
  const changes = configurationChanges(source.before.state, source.after.state);
  const why = causeLabel(removalCauses(source, stepContext(source, changes, [], records), changes));
  const [a, b] = [rowsIn(source.before), rowsIn(source.after)];
  return {
    a,
    b,
    in_both: a - removed.length,
    added: rowsOfOne(added, 'new row', scope),
    removed: rowsOfOne(removed, why, scope),
  };
}

const rowsIn = ({ state }: StepPair['before']): number =>
  Object.values(state.partitions).reduce((sum, { rows }) => sum + rows, 0);

function rowsOfOne(all: readonly string[], cause: string, { ids, limit }: RowScope): RowsOfOne {
  const found = ids === null ? all : all.filter((id) => ids.includes(id));
  return {
    rows: found.length,
    causes: found.length > 0 ? [{ cause, count: found.length }] : [],
    ids: limit === null ? found : found.slice(0, limit),
  };
}

async function idsOfOneSide(
  { database }: Pick<DiffTools, 'database'>,
  side: StepFiles,
  other: StepFiles,
): Promise<string[]> {
  if (side.values.length === 0) return [];
  const where = other.values.length > 0 ? ` WHERE id NOT IN (SELECT id FROM ${parquetFiles(other.values)})` : '';
  const found = await database.rows(`SELECT id FROM ${parquetFiles(side.values)}${where} ORDER BY id`);
  return found.map((row) => textIn(row, 'id'));
}
