import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { canonicalRow } from '../../datasets/canonical-row.ts';
import type { Call } from '../../datasets/call.ts';
import type { Cell } from '../../datasets/cell.ts';
import { float32, float64, int64, list, struct, text } from '../../datasets/column-type.ts';
import { type Database, openDatabase } from '../../datasets/parquet/database.ts';
import { readCellKeys, readCells, readValues, writeStepFiles } from '../../datasets/step-files.ts';
import { sha256 } from '../../manifests/digest.ts';
import { pyarrowReads } from './parquet/pyarrow.ts';
import { temporaryFolder } from './parquet/temporary-folder.ts';

let database: Database;
beforeAll(async () => (database = await openDatabase({ threads: 1 })));
afterAll(() => database.close());

const COLUMNS = {
  text: text(),
  likes: int64(),
  certainty: float32(),
  segments: list(struct({ start: float64(), end: float64(), text: text() })),
};

const CALL: Call = {
  endpoint: 'audio.transcriptions',
  request_key: sha256('request'),
  prompt_digest: null,
  answer_digest: sha256('answer'),
  provider: 'openai',
  model_requested: 'whisper-1',
  model_returned: null,
  response_id: null,
  request_id: 'req_1',
  input_tokens: 12n,
  cached_input_tokens: 0n,
  output_tokens: 9007199254740993n,
  audio_seconds: 13.25,
  cost_nano_usd: 1_325_000n,
  attempt: 1,
  started_ms: 1_795_000_000_000n,
  ended_ms: 1_795_000_001_500n,
};

const BASE = {
  cellKey: sha256('key'),
  run: 'r-1',
  errorMessage: null,
  software: 'gettok/0.1.0 node/24.21.0',
  calls: [],
};
const NOTHING = { text: null, likes: null, certainty: null, segments: null };

const CELLS: readonly Cell[] = [
  {
    ...BASE,
    id: '7203311094526659846',
    status: 'ok',
    errorCode: null,
    values: {
      text: 'el presidente 😀\0',
      likes: -1n,
      certainty: 0.5,
      segments: [{ start: 0, end: 1.5, text: 'el' }, null],
    },
    calls: [CALL, { ...CALL, attempt: 2, output_tokens: null }],
  },
  { ...BASE, id: '7203311094526659847', status: 'skipped', errorCode: 'no_audio', values: NOTHING },
  {
    ...BASE,
    id: '！',
    status: 'failed',
    errorCode: 'timed_out',
    errorMessage: 'no answer within 60 s',
    values: NOTHING,
  },
  { ...BASE, id: '😀', status: 'ok', errorCode: null, values: { ...NOTHING, segments: [] } },
];

async function stored(cells: readonly Cell[]) {
  const folder = await temporaryFolder();
  const files = await writeStepFiles(COLUMNS, cells);
  const paths = { values: join(folder, 'values.parquet'), provenance: join(folder, 'provenance.parquet') };
  await writeFile(paths.values, files.values);
  await writeFile(paths.provenance, files.provenance);
  return { ...files, paths };
}

it('gives back the cells that were written', async () => {
  const { paths } = await stored(CELLS);
  expect(await readCells(database, paths, COLUMNS)).toEqual(CELLS);
  expect(await readCells(database, paths, COLUMNS, ['！', '7203311094526659846', 'unknown'])).toEqual([
    CELLS[0],
    CELLS[2],
  ]);
});

it('gives keys and statuses without reading values or calls', async () => {
  const { paths } = await stored(CELLS);
  expect(await readCellKeys(database, paths)).toEqual(
    CELLS.map(({ id, status, errorCode, cellKey }) => ({ id, status, errorCode, cellKey })),
  );
});

it('gives rows that have the canonical form they had before they were written', async () => {
  const { paths } = await stored(CELLS);
  const rows = await readValues(database, paths.values, COLUMNS);
  expect(rows.map((row) => canonicalRow(COLUMNS, row))).toEqual(CELLS.map((cell) => canonicalRow(COLUMNS, cell)));
});

it('keeps the salt of a source step, and has its column in a file without rows', async () => {
  const salted = CELLS.map((cell, index) => ({ ...cell, salt: String(index).repeat(64) }));
  const { paths } = await stored(salted);
  expect(await readCells(database, paths, COLUMNS)).toEqual(salted);
  const empty = await stored([]);
  expect(await readCells(database, empty.paths, COLUMNS)).toEqual([]);
  expect(Object.keys(pyarrowReads(empty.paths.provenance).schema)).toContain('salt');
  expect(Object.keys(pyarrowReads((await stored(CELLS)).paths.provenance).schema)).not.toContain('salt');
});

it('makes files that pyarrow reads alike, calls and all', async () => {
  const { paths } = await stored(CELLS);
  expect(Object.keys(pyarrowReads(paths.values).schema)).toEqual([
    'id',
    'text',
    'likes',
    'certainty',
    'segments',
    'status',
    'error_code',
  ]);
  expect(pyarrowReads(paths.values).rows[0]).toMatchObject({
    id: 's:7203311094526659846',
    likes: 'i:-1',
    segments: [{ text: 's:el' }, null],
  });
  const [first, second] = pyarrowReads(paths.provenance).rows;
  expect(first).toMatchObject({
    cell_key: `s:${BASE.cellKey}`,
    calls: [
      {
        output_tokens: 'i:9007199254740993',
        model_returned: null,
        cost_nano_usd: 'i:1325000',
        started_ms: 'i:1795000000000',
      },
      { attempt: 'i:2', output_tokens: null },
    ],
  });
  expect(second).toMatchObject({ calls: [], error_message: null });
});

it('gives the same cells the same bytes, for ever', async () => {
  const { values, provenance } = await writeStepFiles(COLUMNS, CELLS);
  expect([sha256(values), sha256(provenance)]).toMatchInlineSnapshot(`
    [
      "sha256:9a603436badd68fe6ae92247d7cfd0e8e171af2ac360d2cd17fa35daa38f76a6",
      "sha256:40ea8348bdca76a4252c2a7e2c8b532141cbe97a17e67cf054fa7f591cc7b2b3",
    ]
  `);
});

it('leaves what differs between two makings of one result out of the values file', async () => {
  const again = CELLS.map((cell) => ({
    ...cell,
    run: 'r-2',
    calls: [],
    software: 'gettok/0.2.0',
    errorMessage: null,
    cellKey: sha256('other'),
  }));
  expect((await writeStepFiles(COLUMNS, again)).values.equals((await writeStepFiles(COLUMNS, CELLS)).values)).toBe(
    true,
  );
});

it.each<[string, readonly Partial<Cell>[], string]>([
  ['are not sorted by id', [{ id: 'b' }, { id: 'a' }], 'cell a: stands after b'],
  ['have an id twice', [{ id: 'a' }, { id: 'a' }], 'cell a: stands after a'],
  ['are ok with an error code', [{ errorCode: 'no_audio' }], 'status ok with error code no_audio'],
  ['failed without a code', [{ status: 'failed' }], 'status failed with error code null'],
  [
    'failed and have values',
    [{ status: 'failed', errorCode: 'x', values: { ...NOTHING, text: 'a' } }],
    'failed, but has values',
  ],
  ['have salts and have none', [{ id: 'a', salt: '00' }, { id: 'b' }], 'some cells have a salt'],
])('refuses cells that %s', async (_what, cells, message) => {
  const complete = cells.map((cell): Cell => ({
    ...BASE,
    id: 'a',
    status: 'ok',
    errorCode: null,
    values: NOTHING,
    ...cell,
  }));
  await expect(writeStepFiles(COLUMNS, complete)).rejects.toThrow(message);
});

it('refuses a column that every values file has of its own', async () => {
  await expect(writeStepFiles({ status: text() }, [])).rejects.toThrow("a step can't make a column status");
});

it('refuses two files that are not of one partition', async () => {
  const { paths } = await stored(CELLS);
  const other = await stored(CELLS.slice(1));
  await expect(
    readCells(database, { values: paths.values, provenance: other.paths.provenance }, COLUMNS),
  ).rejects.toThrow('are not the two files of one step partition');
});
