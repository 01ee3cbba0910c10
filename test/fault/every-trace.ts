import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { openMinioStore } from '../../activities/minio-store.ts';
import type { ServicesState } from '../../cli/services/services-state.ts';
import { openDatabase } from '../../datasets/parquet/database.ts';

/** Everything a project keeps in its bucket, as text by key; Parquet files also as the rows they hold. */
export async function bucketTexts({ store }: ServicesState): Promise<Map<string, string>> {
  if (!store) throw new Error('no MinIO has run here');
  const { port, accessKey, secretKey } = store;
  const endpoint = `http://127.0.0.1:${port}`;
  const objects = await openMinioStore({ endpoint, accessKey, secretKey, region: 'us-east-1', bucket: 'gettok' });
  const folder = await mkdtemp(join(tmpdir(), 'gettok-trace-'));
  using database = await openDatabase({ threads: 1 });
  const texts = new Map<string, string>();
  try {
    for await (const { key } of objects.list('')) {
      const { bytes } = (await objects.get(key))!;
      texts.set(key, bytes.toString('latin1'));
      if (bytes.subarray(0, 4).toString('latin1') !== 'PAR1') continue;
      // DuckDB remembers what it has read of a path.
      const path = join(folder, `${texts.size}.parquet`);
      await writeFile(path, bytes);
      const [all] = await database.rows(`select to_json(list(file)) as rows from read_parquet('${path}') as file`);
      texts.set(`${key} rows`, all!['rows'] as string);
    }
    return texts;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The whole history of every workflow, and what describes it from outside, with all payloads readable. */
export async function historyTexts({ temporal }: ServicesState): Promise<Map<string, string>> {
  const connection = await Connection.connect({ address: `127.0.0.1:${temporal!.port}` });
  try {
    const { workflow } = new Client({ connection });
    const texts = new Map<string, string>();
    for await (const { workflowId, runId } of workflow.list()) {
      const handle = workflow.getHandle(workflowId, runId);
      const seen = [await handle.fetchHistory(), (await handle.describe()).raw];
      texts.set(`${workflowId} ${runId}`, JSON.stringify(seen, readable));
    }
    return texts;
  } finally {
    await connection.close();
  }
}

// A Buffer's own toJSON comes before the replacer.
function readable(this: Record<string, unknown>, name: string, value: unknown): unknown {
  const bytes = this[name];
  return bytes instanceof Uint8Array ? Buffer.from(bytes).toString('utf8') : value;
}

/** Every file below a folder, byte by byte. */
export async function fileTexts(folder: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) texts.set(path, await readFile(path, 'latin1').catch(() => ''));
  }
  return texts;
}

/** Where one of the texts stands. */
export const placesOf = (texts: ReadonlyMap<string, string>, wanted: readonly string[]): string[] =>
  [...texts].filter(([, text]) => wanted.some((each) => text.includes(each))).map(([place]) => place);
