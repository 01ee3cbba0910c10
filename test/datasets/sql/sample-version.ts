import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cell } from '../../../datasets/cell.ts';
import { type CellValue, type Columns, float64, int64, list, struct, text } from '../../../datasets/column-type.ts';
import { compareIds } from '../../../datasets/compare-ids.ts';
import type { StepTable } from '../../../datasets/sql/dataset-views.ts';
import { writeStepFiles } from '../../../datasets/step-files.ts';
import { sha256 } from '../../../manifests/digest.ts';

const VIDEO = { username: text(), like_count: int64(), hashtag_names: list(text()) };
const TRANSCRIPT = { text: text(), segments: list(struct({ start: float64(), frame: int64() })) };
const STANCE = { label: text(), score: float64() };

type Row = Omit<Cell, 'cellKey' | 'run' | 'errorMessage' | 'software' | 'calls'>;

const ok = (id: string, values: Record<string, CellValue>): Row => ({ id, values, status: 'ok', errorCode: null });

/**
 * Three videos in two partitions, a transcript that one of them lacks, and a stance step without files, in a folder
 * whose name DuckDB could take for a pattern.
 */
export async function sampleVersion(folder: string): Promise<StepTable[]> {
  const files = join(folder, "a [version]'s files=1");
  await mkdir(files, { recursive: true });
  const write = async (name: string, columns: Columns, rows: readonly Row[]) => {
    const cells = rows.toSorted((a, b) => compareIds(a.id, b.id)).map((row) => ({ ...row, ...PROVENANCE }));
    const path = join(files, `${name}.parquet`);
    await writeFile(path, (await writeStepFiles(columns, cells)).values);
    return path;
  };
  return [
    {
      name: 'video',
      source: true,
      columns: VIDEO,
      files: [
        await write('day 1', VIDEO, [
          ok('9', { username: '=cmd|calc', like_count: 9007199254740993n, hashtag_names: ['😀', null] }),
          ok('8', { username: '日本語\u001b[31m', like_count: -5n, hashtag_names: [] }),
        ]),
        await write('day 2', VIDEO, [ok('10', { username: 'a\0b "c",\nd', like_count: null, hashtag_names: null })]),
      ],
    },
    {
      name: 'transcript',
      source: false,
      columns: TRANSCRIPT,
      files: [
        await write('transcript', TRANSCRIPT, [
          ok('9', { text: '+51 no', segments: [{ start: 1.5, frame: 2n ** 60n }] }),
          { id: '8', values: { text: null, segments: null }, status: 'skipped', errorCode: 'no_audio' },
          ok('10', { text: '', segments: [] }),
        ]),
      ],
    },
    { name: 'stance', source: false, columns: STANCE, files: [] },
  ];
}

/** A version of a source without columns. */
export async function idsOnly(folder: string, ids: readonly string[]): Promise<StepTable[]> {
  const cells = ids.toSorted(compareIds).map((id) => ({ ...ok(id, {}), ...PROVENANCE }));
  const path = join(folder, 'ids.parquet');
  await writeFile(path, (await writeStepFiles({}, cells)).values);
  return [{ name: 'video', source: true, columns: {}, files: [path] }];
}

const PROVENANCE = { cellKey: sha256('key'), run: 'r-1', errorMessage: null, software: 'gettok/0.1.0', calls: [] };
