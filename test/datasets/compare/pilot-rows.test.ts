import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { text } from '../../../datasets/column-type.ts';
import { changedRows } from '../../../datasets/compare/changed-rows.ts';
import { joinSides } from '../../../datasets/compare/join-sides.ts';
import { openDatabase } from '../../../datasets/parquet/database.ts';
import { sideOf } from './compared-files.ts';

it('counts no row as different that a pilot left out', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gettok-pilot-rows-'));
  using database = await openDatabase({ threads: 1 });
  const sides = [
    await sideOf(folder, 'main', text(), { a: 'support', b: 'support', c: 'neutral', d: 'neutral' }),
    await sideOf(folder, 'pilot', text(), { a: 'support', b: 'neutral', c: '(not_sampled)', d: '(refused)' }),
  ];
  await joinSides(database, sides, 'labels');
  const { of, rows, strata } = await changedRows(database, sides, 'labels', { size: 10, seed: 1, context: [] });
  expect({ of, rows }).toEqual({ of: 3, rows: 2 });
  expect(strata.map(({ stratum }) => stratum).join()).not.toContain('not_sampled');
  await rm(folder, { recursive: true });
});
