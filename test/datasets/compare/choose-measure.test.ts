import { describe, expect, it } from 'vitest';
import { text } from '../../../datasets/column-type.ts';
import { chooseMeasure } from '../../../datasets/compare/choose-measure.ts';
import { openDatabase } from '../../../datasets/parquet/database.ts';
import { temporaryFolder } from '../parquet/temporary-folder.ts';
import { sideOf } from './compared-files.ts';

describe('texts with vectors beside them', () => {
  const sides = async () => {
    const folder = await temporaryFolder();
    const embedding = { column: 'vector', type: { list: 'float32' }, files: [] } as const;
    return [
      await sideOf(folder, 'before', text(), { 1: 'few', 2: 'and short' }),
      await sideOf(folder, 'after', text(), { 1: 'few', 2: 'words' }),
    ].map((side) => ({ plain: side, embedded: { ...side, embedding } }));
  };

  it('are compared as texts, however few and short they are', async () => {
    using database = await openDatabase();
    const both = await sides();
    const plain = both.map((side) => side.plain);
    const embedded = both.map((side) => side.embedded);
    expect(await chooseMeasure(database, plain, undefined)).toBe('labels');
    expect(await chooseMeasure(database, embedded, undefined)).toBe('text');
    await expect(chooseMeasure(database, embedded, 'labels')).rejects.toThrow(
      '--embedding says how alike texts are, and --as labels compares no texts.',
    );
  });
});
