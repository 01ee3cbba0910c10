import { realpath } from 'node:fs/promises';
import { z } from 'zod';
import type { Columns } from '../../datasets/column-type.ts';
import { digestOf } from '../../manifests/digest.ts';
import { localFileDigests } from '../local-file-digests.ts';
import { defineStepKind } from '../step-kind.ts';
import { declaredType, toColumnType, toFieldType } from './import-table/field-type.ts';
import type { TableColumn, TableRequest } from './import-table/inspect-table.ts';
import { knownInspection } from './import-table/known-inspections.ts';
import { faultOfPath, findTableFiles } from './import-table/table-files.ts';
import { checkPlanned, tableRows } from './import-table/table-rows.ts';

const path = z
  .string()
  .min(1)
  .superRefine((text, context) => {
    const fault = faultOfPath(text);
    if (fault) context.addIssue({ code: 'custom', message: fault });
  });

const params = z.strictObject({
  path: z
    .union([path, z.array(path).min(1)])
    .describe(
      'Files to import, such as `data/*.jsonl`; one pattern or a list of them, relative to dataset.yaml. `.gz` is read too',
    ),
  id: z
    .string()
    .min(1)
    .default('id')
    .describe('The column that names each row; read as text, exactly as it is written'),
  format: z
    .enum(['csv', 'jsonl', 'parquet'])
    .optional()
    .describe('What the files are, where their ending (.csv, .tsv, .jsonl, .ndjson, .parquet) does not say it'),
  columns: z
    .record(z.string(), declaredType)
    .default({})
    .describe('Types of columns, such as `{ likes: int64, tags: [text] }`; of all others they are found in the data'),
  rename: z
    .record(z.string(), z.string().min(1))
    .default({})
    .describe('New names of columns, such as `{ status: post_status }`'),
  delimiter: z
    .string()
    .length(1)
    .optional()
    .describe('What separates the fields of a CSV file; a comma, or a tab in .tsv'),
});

type ImportParams = z.output<typeof params>;

/** Rows from files beside `dataset.yaml`. */
export const importTable = defineStepKind({
  kind: 'import/table',
  revision: 1,
  summary:
    'Rows from CSV, JSON Lines or Parquet files, one row a video; fields of the TikTok Research API get their types.',
  queue: 'files',
  params,
  tuning: z.strictObject({}),
  outside: {
    async fingerprint({ path: patterns, format }, { folder, cacheFolder }) {
      const files = await findTableFiles(folder, [patterns].flat(), format);
      const digests = await localFileDigests(await realpath(folder), cacheFolder).of(
        files.map(({ realName }) => realName),
      );
      return digestOf(
        'outside',
        files.map(({ name }, index) => [name, digests[index]!]),
      );
    },
  },
  makes: () => null,
  async inspect(declared: ImportParams, folder: string, cacheFolder?: string): Promise<Columns> {
    const { columns } = await look(declared, folder, cacheFolder);
    return Object.fromEntries(columns.map(({ name, type }) => [name, toColumnType(type)]));
  },
  async *rows(declared, folder, planned, signal) {
    const { files, request, columns } = await look(declared, folder);
    checkPlanned(planned, columns, files[0]!.name);
    yield* tableRows(files, request, columns, signal);
  },
});

async function look(declared: ImportParams, folder: string, cacheFolder?: string) {
  const files = await findTableFiles(folder, [declared.path].flat(), declared.format);
  const request: TableRequest = {
    id: declared.id,
    delimiter: declared.delimiter,
    types: new Map(Object.entries(declared.columns).map(([name, type]) => [name, toFieldType(type)])),
    rename: new Map(Object.entries(declared.rename)),
  };
  const columns: readonly TableColumn[] = await knownInspection(await realpath(folder), files, request, cacheFolder);
  return { files, request, columns };
}
