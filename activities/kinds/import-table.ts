import { realpath } from 'node:fs/promises';
import { z } from 'zod';
import type { Columns } from '../../datasets/column-type.ts';
import { digestOf } from '../../manifests/digest.ts';
import { localFileDigests } from '../local-file-digests.ts';
import { defineStepKind } from '../step-kind.ts';
import { declaredType, toColumnType, toFieldType } from './import-table/field-type.ts';
import type { TableColumn, TableRequest } from './import-table/inspect-table.ts';
import { knownInspection } from './import-table/known-inspections.ts';
import { formOf } from './import-table/map-rows.ts';
import { tableMaps } from './import-table/maps/index.ts';
import { faultOfPath, findTableFiles, TableFilesError } from './import-table/table-files.ts';
import type { TableFile } from './import-table/table-files.ts';
import type { TableMap } from './import-table/table-map.ts';
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
  map: z
    .enum([...tableMaps.keys()])
    .optional()
    .describe(
      'Whose export the files are: then each row gets the columns of the TikTok Research API, whatever that program calls them. `.json` is read too',
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
    async fingerprint(declared, { folder, cacheFolder }) {
      const map = mapOf(declared);
      const files = await filesOf(declared, folder);
      const digests = await localFileDigests(await realpath(folder), cacheFolder).of(
        files.map(({ realName }) => realName),
      );
      return digestOf('outside', [
        ...(map ? [[map.name, map.revision]] : []),
        ...files.map(({ name }, index) => [name, digests[index]!]),
      ]);
    },
  },
  notes: [
    'With `map`, `id`, `columns` and `rename` speak of the columns that the map makes. An id that comes several times is one row, the one observed last, and `times_seen` says how often it came. What a map has no column for is kept: fields of CSV and of the Research API under their own names, the JSON of a post whole, in `original`.',
    `Maps: ${[...tableMaps.values()].map(({ name, summary }) => `\`${name}\` (${summary})`).join('; ')}.`,
  ],
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

const mapOf = ({ map }: ImportParams): TableMap | undefined => (map === undefined ? undefined : tableMaps.get(map));

async function filesOf(declared: ImportParams, folder: string): Promise<TableFile[]> {
  const map = mapOf(declared);
  const files = await findTableFiles(folder, [declared.path].flat(), declared.format, map !== undefined);
  if (map && !formOf(map, files[0]!.format))
    throw new TableFilesError(
      `${files[0]!.name} is ${files[0]!.format}, which map ${map.name} doesn't read. It reads: ${map.summary}.`,
    );
  return files;
}

async function look(declared: ImportParams, folder: string, cacheFolder?: string) {
  const files = await filesOf(declared, folder);
  const request: TableRequest = {
    id: declared.id,
    map: mapOf(declared),
    delimiter: declared.delimiter,
    types: new Map(Object.entries(declared.columns).map(([name, type]) => [name, toFieldType(type)])),
    rename: new Map(Object.entries(declared.rename)),
  };
  const columns: readonly TableColumn[] = await knownInspection(await realpath(folder), files, request, cacheFolder);
  return { files, request, columns };
}
