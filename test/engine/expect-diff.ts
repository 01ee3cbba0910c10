import { expect } from 'vitest';
import { CAUSE_WORDS } from '../../datasets/causes.ts';
import { jsonOf } from '../../datasets/canonical-row.ts';
import { diffVersions, type Version } from '../../datasets/diff/diff-versions.ts';
import { openDatabase } from '../../datasets/parquet/database.ts';
import { equalJson } from '../../manifests/canonical-json.ts';
import type { Cells } from './made-cells.ts';
import type { TestProject } from './test-project.ts';

const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

const LABEL = new RegExp(`^(${CAUSE_WORDS.join('|')})( \\([^()]+\\))?$`);

/** A version with its cells by the names that the steps have in the later one. */
type ReadVersion = Version & { readonly cells: Cells };

/** `diff` finds the cells that differ, gives each one cause of its list, and finds no difference of a version from itself. */
export async function expectDiff({ services: { blobs } }: TestProject, a: ReadVersion, b: ReadVersion): Promise<void> {
  using database = await openDatabase({ threads: 1 });
  const scope = { steps: null, columns: null, ids: null, samples: null };
  const { columns, rows } = await diffVersions({ database, blobs }, a, b, scope);
  const found: string[] = [];
  for (const { column, changed, causes, samples } of columns) {
    expect(total(causes.map(({ count }) => count)), column).toBe(changed);
    for (const { cause } of causes) for (const part of cause.split(' + ')) expect(part).toMatch(LABEL);
    found.push(...samples.map(({ id }) => `${column} ${id}`));
  }
  expect(found.toSorted()).toEqual(changedCells(Object.keys(b.manifest.state.steps), a.cells, b.cells).toSorted());
  for (const { rows: count, causes } of [rows.added, rows.removed])
    expect(total(causes.map((cause) => cause.count))).toBe(count);
  expect((await diffVersions({ database, blobs }, b, b, scope)).rows.changed).toBe(0);
}

/** Cells of rows and columns that both versions have. */
function changedCells(steps: readonly string[], before: Cells, after: Cells): string[] {
  return steps.flatMap((name) =>
    [...after.get(name)!].flatMap(([id, now]) => {
      const old = before.get(name)?.get(id);
      if (!old) return [];
      const columns = Object.keys(now.values).filter(
        (column) => column in old.values && !equalJson(jsonOf(old.values[column]!), jsonOf(now.values[column]!)),
      );
      const status = old.status !== now.status || old.errorCode !== now.errorCode ? ['status'] : [];
      return [...columns, ...status].map((column) => `${name}.${column} ${id}`);
    }),
  );
}
