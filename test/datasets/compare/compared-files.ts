import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cell } from '../../../datasets/cell.ts';
import { type CellValue, type Columns, columnsToJson } from '../../../datasets/column-type.ts';
import type { ComparedSide } from '../../../datasets/compare/compared-side.ts';
import { compareIds } from '../../../datasets/compare-ids.ts';
import { writeStepFiles } from '../../../datasets/step-files.ts';
import { sha256 } from '../../../manifests/digest.ts';

/** A value by id; an error code in brackets is a failed cell, `(no_input)` a skipped one. */
export type Given = Readonly<Record<string, CellValue>>;

/** A side whose values are in a real values file. */
export async function sideOf(
  folder: string,
  name: string,
  column: Columns[string],
  given: Given,
  more: Partial<ComparedSide> = {},
): Promise<ComparedSide> {
  const columns = { [name]: column };
  const cells = Object.entries(given)
    .toSorted(([a], [b]) => compareIds(a, b))
    .map(([id, value]): Cell => {
      const code = typeof value === 'string' ? /^\((\w+)\)$/.exec(value)?.[1] : undefined;
      const rest = { cellKey: sha256(id), run: 'r-1', errorMessage: null, software: 'test', calls: [] };
      if (code === undefined) return { id, status: 'ok', errorCode: null, values: { [name]: value }, ...rest };
      const status = code === 'no_input' ? 'skipped' : 'failed';
      return { id, status, errorCode: code, values: { [name]: null }, ...rest };
    });
  const path = join(folder, `${name}.parquet`);
  await writeFile(path, (await writeStepFiles(columns, cells)).values);
  const { type } = columnsToJson(columns)[0]!;
  return { name, gold: false, declared: [], column: name, type, files: [path], ...more };
}
