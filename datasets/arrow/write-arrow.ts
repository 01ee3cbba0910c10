import { open } from 'node:fs/promises';
import { AsyncByteQueue, Field, RecordBatch, RecordBatchFileWriter, Schema, Struct, makeData } from 'apache-arrow';
import { type Columns, typeToJson } from '../column-type.ts';
import type { SqlRow } from '../parquet/database.ts';
import { valueSize } from '../value-size.ts';
import { arrowData } from './arrow-data.ts';

/** As much in one record batch as a reader holds in memory at once; a text column ends at 2 GiB a batch. */
const BATCH_BYTES = 32 * 1024 * 1024;
const BATCH_ROWS = 8192;

/**
 * An Arrow IPC file, which Feather version 2 is too, of rows that come in pieces. A batch is on the disk before the next one
 * is asked for: memory stays bounded. Gives the number of rows.
 */
export async function writeArrow(path: string, columns: Columns, pieces: AsyncIterable<SqlRow[]>): Promise<number> {
  const types = Object.entries(columns).map(([name, { arrow }]) => [name, typeToJson(arrow)] as const);
  const schema = new Schema(Object.entries(columns).map(([name, { arrow }]) => new Field(name, arrow, true)));
  const sink = new ChunkSink();
  const writer = new RecordBatchFileWriter();
  writer.reset(sink, schema);
  let written = 0;
  await using file = await open(path, 'wx');
  const flush = async () => {
    for (const chunk of sink.taken()) await file.writeFile(chunk);
  };
  for await (const rows of batchesOf(pieces)) {
    const children = types.map(([name, type]) =>
      arrowData(
        type,
        rows.map((row) => row[name] ?? null),
      ),
    );
    const data = makeData({ type: new Struct(schema.fields), length: rows.length, nullCount: 0, children });
    writer.write(new RecordBatch(schema, data));
    await flush();
    written += rows.length;
  }
  writer.finish();
  await flush();
  return written;
}

async function* batchesOf(pieces: AsyncIterable<SqlRow[]>): AsyncIterable<SqlRow[]> {
  let batch: SqlRow[] = [];
  let bytes = 0;
  for await (const piece of pieces)
    for (const row of piece) {
      batch.push(row);
      bytes += valueSize(row);
      if (batch.length < BATCH_ROWS && bytes < BATCH_BYTES) continue;
      yield batch;
      batch = [];
      bytes = 0;
    }
  if (batch.length > 0) yield batch;
}

/** Where a writer puts its bytes. The library's own queue is emptied by a stream that tells nobody when. */
class ChunkSink extends AsyncByteQueue {
  #chunks: Uint8Array[] = [];

  override write(chunk: Uint8Array): void {
    if (chunk.byteLength > 0) this.#chunks.push(chunk);
  }

  taken(): readonly Uint8Array[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }
}
